"""The plan as pages show it: what is paid for, what is in force, what comes next, and whether a card is charged."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.billing import plans
from app.billing.plans import PlanView, resource_counts
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus
from app.pages.labels import limit_label
from app.payments.oddities import Oddity
from tests.factories import a_card, an_organization, at, usd
from tests.support import subscriptions
from tests.support.statements import statements
from tests.support.subscriptions import Period

LONG = Period(date(2026, 11, 1), date(2126, 11, 1))


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def on(organization: Organization, plan: str = "growth") -> Subscription:
    return subscriptions.subscribe(organization, plan, period=LONG)


def viewed(organization: Organization) -> PlanView:
    db.session.flush()
    return plans.gather(organization)


def plan_next(row: Subscription, plan: str, when: datetime | None = None) -> None:
    row.scheduled_plan, row.scheduled_version, row.scheduled_at = plan, row.version, when


def test_without_a_subscription_it_is_the_free_plan_by_the_calendar(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    on(an_organization())
    found = viewed(organization)
    month = organization.local_day().replace(day=1)
    assert (found.plan.key, found.in_force.key, found.interval) == ("starter", "starter", Interval.MONTH)
    assert (found.period_start, found.usage_from, found.renews_on) == (month, month, None)
    assert (found.is_charged_next, found.is_past_due, found.is_suspended) == (False, False, False)
    assert (found.price, found.scheduled, found.grace_ends_on) == (usd("0"), None, None)


def test_what_is_paid_for_is_in_force_until_its_period_ends(organization: Organization) -> None:
    on(organization)
    found = viewed(organization)
    assert (found.name, found.in_force, found.price) == ("Growth", found.plan, usd("99"))
    assert (found.period_start, found.renews_on) == (LONG.start, LONG.end)
    assert found.is_charged_next


def test_a_price_is_as_often_as_it_is_paid_by_its_interval(organization: Organization) -> None:
    row = on(organization)
    row.quantity, row.interval = 3, Interval.YEAR
    assert viewed(organization).price == usd("2970")


def test_limits_are_of_the_plan_in_force_and_uncounted_ones_unknown(organization: Organization) -> None:
    on(organization)
    resource_counts.set_counts(organization.id, {"agents": 18, "fax_machines": 3})
    resource_counts.set_counts(an_organization().id, {"campaigns": 7})
    limits = {
        limit_label(limit.resource): (limit.used, limit.allowed) for limit in viewed(organization).limits
    }
    assert limits == {
        "Agents": (18, 10),
        "Phone numbers": (None, 5),
        "Campaigns": (None, 20),
        "Concurrent calls": (None, 20),
    }


def test_while_it_is_suspended_the_free_plan_is_in_force(organization: Organization) -> None:
    row = on(organization)
    subscriptions.record_failed_renewal(organization, at=at("2026-11-02 12:00"), failure="card_declined")
    row.suspended_at = at("2026-11-10 00:00")
    found = viewed(organization)
    assert (found.plan.key, found.in_force.key) == ("growth", "starter")
    assert (found.is_past_due, found.is_suspended) == (True, True)
    assert (found.failed_on, found.grace_ends_on) == (date(2026, 11, 2), date(2026, 11, 9))
    assert found.limits[0].allowed == 1


def test_the_day_of_a_failure_is_the_organizations_own(app: Flask) -> None:
    organization = an_organization(timezone="America/New_York")
    on(organization)
    subscriptions.record_failed_renewal(organization, at=at("2126-11-02 03:00"), failure="card_declined")
    found = viewed(organization)
    assert (found.failed_on, found.grace_ends_on) == (date(2126, 11, 1), date(2126, 11, 8))
    assert not found.is_suspended


class TestScheduled:
    def test_a_change_comes_on_its_own_day_or_when_the_period_is_over(self, app: Flask) -> None:
        organization = an_organization(timezone="America/New_York")
        row = on(organization, "scale")
        plan_next(row, "growth")
        scheduled = viewed(organization).scheduled
        assert scheduled is not None
        assert (scheduled.plan_name, scheduled.on, scheduled.price) == ("Growth", LONG.end, usd("99"))
        plan_next(row, "growth", at("2026-12-01 03:00"))
        scheduled = viewed(organization).scheduled
        assert scheduled is not None and scheduled.on == date(2026, 11, 30)

    def test_it_is_paid_as_often_as_the_plan_and_by_its_own_interval(
        self, organization: Organization
    ) -> None:
        row = on(organization, "scale")
        plan_next(row, "growth")
        row.quantity, row.scheduled_interval = 2, Interval.YEAR
        scheduled = viewed(organization).scheduled
        assert scheduled is not None and scheduled.price == usd("1980")


class TestIsChargedNext:
    @pytest.mark.parametrize(
        ("status", "charged"),
        [
            (SubscriptionStatus.ACTIVE, True),
            (SubscriptionStatus.PAST_DUE, True),
            (SubscriptionStatus.CANCELED, False),
        ],
    )
    def test_not_once_it_has_ended(
        self, organization: Organization, status: SubscriptionStatus, charged: bool
    ) -> None:
        on(organization).status = status
        assert viewed(organization).is_charged_next is charged

    def test_not_for_a_free_plan(self, organization: Organization) -> None:
        on(organization, "starter")
        assert not viewed(organization).is_charged_next

    def test_not_where_it_becomes_free_with_this_period(self, organization: Organization) -> None:
        row = on(organization)
        plan_next(row, "starter")
        assert not viewed(organization).is_charged_next
        plan_next(row, "starter", at("2126-11-02 12:00"))
        assert viewed(organization).is_charged_next, "there is a renewal before"
        plan_next(row, "scale")
        assert viewed(organization).is_charged_next

    def test_what_is_owed_is_charged_also_where_it_becomes_free(self, organization: Organization) -> None:
        row = on(organization)
        plan_next(row, "starter")
        row.status = SubscriptionStatus.PAST_DUE
        assert viewed(organization).is_charged_next

    def test_not_where_support_arranged_that_no_card_is(self, organization: Organization) -> None:
        on(organization).odd = [Oddity.INVOICED.value]
        found = viewed(organization)
        assert (found.is_charged_next, found.arranged) == (False, Oddity.INVOICED)


def test_the_default_card_is_the_one_that_was_not_removed(organization: Organization) -> None:
    on(organization)
    a_card(organization, last4="1111", default=False)
    card = a_card(organization, last4="4242")
    a_card(an_organization(), last4="9999")
    found = viewed(organization)
    assert found.default_card is not None and found.default_card.last4 == "4242"
    card.removed_at = at("2026-11-10 12:00")
    assert viewed(organization).default_card is None


def test_months_of_allowances_are_counted_from_the_anchor(organization: Organization) -> None:
    row = on(organization)
    today = organization.local_day()
    row.anchor = at("2024-01-01 12:00") + timedelta(days=today.day - 1)
    assert viewed(organization).usage_from == today


def test_it_takes_one_statement(organization: Organization) -> None:
    on(organization)
    resource_counts.set_counts(organization.id, {"agents": 1, "campaigns": 2})
    viewed(organization)
    with statements() as seen:
        viewed(organization)
    assert len(seen) == 1
