"""The deadline of a renewal: the end of the promised day, in every zone, over every change of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing import catalog, plans
from app.billing.plans import entitlements
from app.billing.plans import grace as plan_grace
from app.billing.plans import terms as plan_terms
from app.billing.subscriptions import suspension
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlatformMessage, Subscription, SubscriptionStatus
from app.people.provisioning import Wanted, provision
from tests.factories import OWNER, an_organization, at
from tests.support import subscriptions
from tests.support.examples import examples
from tests.support.subscriptions import Period

EXAMPLES = examples("GRACE_EXAMPLES", 150)
"""GRACE_EXAMPLES=5000 looks deeper."""
ZONES = (
    "Etc/GMT+12",  # the last to begin a day
    "Pacific/Kiritimati",  # +14, the first
    "Pacific/Chatham",  # a quarter of an hour, and half a world
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/St_Johns",
    "America/Denver",
    "America/Havana",  # the clocks change at midnight
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Asuncion",
    "Europe/Lisbon",
    "UTC",
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failed_at=moments, name=st.sampled_from(ZONES))
def test_it_is_the_first_moment_after_the_last_day(app: Flask, failed_at: datetime, name: str) -> None:
    zone, grace = ZoneInfo(name), timedelta(days=catalog.current().grace_days)
    found = plan_grace.deadline(failed_at, None, zone)
    assert found.last_day == failed_at.astimezone(zone).date() + grace
    assert found.over_at.astimezone(zone).date() == found.last_day + timedelta(days=1)
    assert (found.over_at - timedelta(microseconds=1)).astimezone(zone).date() == found.last_day


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failed_at=moments, before=st.sampled_from(ZONES), after=st.sampled_from(ZONES))
def test_moving_to_another_zone_breaks_no_promise(
    app: Flask, failed_at: datetime, before: str, after: str
) -> None:
    promised = plan_grace.deadline(failed_at, None, ZoneInfo(before)).over_at
    found = plan_grace.deadline(failed_at, None, ZoneInfo(after), promised)
    assert found.over_at >= promised
    local = found.over_at.astimezone(ZoneInfo(after))
    assert local.date() == found.last_day + timedelta(days=1)


def a_debtor(zone: str, failed_at: datetime) -> Organization:
    """On Growth, whose renewal failed at a moment."""
    organization = an_organization(timezone=zone)
    today = organization.local_day()
    subscriptions.subscribe(
        organization, "growth", period=Period(date(2026, 1, 1), today + timedelta(days=20))
    )
    subscriptions.record_failed_renewal(organization, at=failed_at, failure="generic_decline")
    db.session.commit()
    return organization


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "America/Denver", "Pacific/Kiritimati"])
@pytest.mark.parametrize("is_over", [False, True])
def test_page_entitlements_and_rates_tell_the_truth_before_the_job_comes(
    app: Flask, zone: str, is_over: bool
) -> None:
    grace = catalog.current().grace_days
    today = utc_now().astimezone(ZoneInfo(zone))
    # The first and the last moment of the local day on which it failed, for a deadline today and yesterday.
    for time_of_day in ("00:00:00", "23:59:59"):
        day = today.date() - timedelta(days=grace + is_over)
        failed_at = datetime.fromisoformat(f"{day} {time_of_day}").replace(tzinfo=ZoneInfo(zone))
        organization = a_debtor(zone, failed_at.astimezone(UTC))
        expected = "starter" if is_over else "growth"
        view = plans.gather(organization)
        assert (view.plan.key, view.in_force.key, view.is_suspended) == ("growth", expected, is_over)
        assert view.grace_ends_on == day + timedelta(days=grace)
        assert entitlements.gather(organization).plan.key == expected
        assert plan_terms.get_terms(organization).plan_at(utc_now()).key == expected
        suspension.suspend_overdue()
        assert suspension.suspend_overdue() == 0
        assert plans.gather(organization).in_force.key == expected
        assert plan_terms.get_terms(organization).plan_at(utc_now()).key == expected
        told = db.session.query(PlatformMessage).filter_by(org_id=organization.id, type="plan.changed")
        assert told.count() == is_over


def test_it_is_lost_as_of_the_deadline_however_late_that_is_noted(app: Flask) -> None:
    organization = a_debtor("America/Denver", utc_now() - timedelta(days=10))
    row = db.session.get_one(Subscription, (organization.id,))
    deadline = plan_grace.deadline_of(organization, row)
    assert deadline is not None
    terms = plan_terms.get_terms(organization)
    before = [terms.plan_at(deadline.over_at + timedelta(seconds=one)).key for one in (-1, 0)]
    suspension.suspend_overdue()
    terms = plan_terms.get_terms(organization)
    after = [terms.plan_at(deadline.over_at + timedelta(seconds=one)).key for one in (-1, 0)]
    assert before == after == ["growth", "starter"]
    assert db.session.get_one(Subscription, (organization.id,)).suspended_at == deadline.over_at


def test_an_organization_that_moves_keeps_what_was_promised(app: Flask) -> None:
    organization = a_debtor("Etc/GMT+12", utc_now() - timedelta(days=7))
    row = db.session.get_one(Subscription, (organization.id,))
    promised = plan_grace.deadline_of(organization, row)
    provision(organization.id, Wanted(organization.name, "Pacific/Kiritimati"), OWNER)
    db.session.commit()
    now = plan_grace.deadline_of(organization, row)
    assert promised is not None
    assert now is not None
    assert now.over_at >= promised.over_at
    assert plans.gather(organization).grace_ends_on == now.last_day


def test_a_version_with_a_shorter_grace_period_takes_no_days_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = a_debtor("UTC", at("2026-11-20 12:00"))
    row = db.session.get_one(Subscription, (organization.id,))
    before = plan_grace.deadline_of(organization, row)
    assert row.status is SubscriptionStatus.PAST_DUE
    shorter = replace(catalog.current(), version="2099.1", grace_days=1)
    monkeypatch.setattr(catalog, "current", lambda: shorter)
    assert plan_grace.deadline_of(organization, row) == before
