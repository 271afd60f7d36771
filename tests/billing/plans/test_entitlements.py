"""What a plan allows and what is left of it: never below nothing, of the current period, calls in progress
counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.billing.plans import entitlements, resource_counts
from app.billing.plans.entitlements import AllowanceLeft, LimitLeft
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Allowance, Hold, HoldAllowance, Organization
from tests.factories import an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    """On the free plan: 3,000 seconds of calls and 50 text messages a calendar month."""
    return an_organization(timezone="Pacific/Kiritimati")


def this_month(organization: Organization) -> date:
    return organization.local_day().replace(day=1)


def used(organization: Organization, units: int, *, start: date | None = None) -> None:
    start = start or this_month(organization)
    db.session.add(Allowance(org_id=organization.id, period_start=start, meter="sms", used=units))
    db.session.flush()


def reserved(
    organization: Organization, units: int, *, until: datetime | None = None, start: date | None = None
) -> None:
    until = until or utc_now() + timedelta(minutes=5)
    hold = Hold(org_id=organization.id, id=uuid7(), key=str(uuid7()), amount_micro=0, expires_at=until)
    db.session.add(hold)
    db.session.flush()
    db.session.add(
        HoldAllowance(
            org_id=organization.id,
            hold_id=hold.id,
            period_start=start or this_month(organization),
            meter="sms",
            reserved=units,
            worth_micro=0,
        )
    )
    db.session.flush()


def messages(organization: Organization) -> AllowanceLeft:
    found = entitlements.gather(organization).allowances
    return next(one for one in found if one.key == "sms")


def test_an_unused_allowance_is_left_whole_in_its_meters_unit(organization: Organization) -> None:
    minutes, sms = entitlements.gather(organization).allowances
    assert (minutes.key, minutes.unit, minutes.left) == ("call_minutes", "second", 3_000)
    assert minutes.meters == ("calls_outbound", "calls_inbound")
    assert (sms.label, sms.unit, sms.included, sms.left) == ("Text messages", "message", 50, 50)


@pytest.mark.parametrize(
    ("used_up", "says", "left"), [(0, 0, 50), (49, 49, 1), (50, 50, 0), (51, 50, 0), (5_000, 50, 0)]
)
def test_no_more_is_used_of_an_allowance_than_it_includes(
    organization: Organization, used_up: int, says: int, left: int
) -> None:
    used(organization, used_up)
    assert (messages(organization).used, messages(organization).left) == (says, left)


def test_calls_in_progress_count_on_what_they_reserve(organization: Organization) -> None:
    used(organization, 30)
    reserved(organization, 5)
    reserved(organization, 7)
    assert (messages(organization).reserved, messages(organization).left) == (12, 8)
    reserved(organization, 9)
    assert messages(organization).left == 0


def test_a_lease_that_is_over_or_another_periods_counts_on_nothing(organization: Organization) -> None:
    reserved(organization, 5, until=utc_now() - timedelta(seconds=1))
    reserved(organization, 6, start=this_month(organization) - timedelta(days=1))
    reserved(an_organization(timezone="Pacific/Kiritimati"), 7)
    assert messages(organization).reserved == 0


def test_only_the_current_period_and_the_own_organization_count(organization: Organization) -> None:
    used(organization, 40, start=(this_month(organization) - timedelta(days=1)).replace(day=1))
    used(an_organization(timezone="Pacific/Kiritimati"), 45)
    assert messages(organization).left == 50
    assert entitlements.gather(organization).period_start == this_month(organization)


def test_limits_come_with_counts_and_counts_without_limits(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"fax_machines": 3, "agents": 2})
    found = {limit.resource: limit for limit in entitlements.gather(organization).limits}
    assert list(found) == ["agents", "phone_numbers", "campaigns", "concurrent_calls", "fax_machines"]
    assert found["fax_machines"] == LimitLeft("fax_machines", None, 3)
    assert found["phone_numbers"] == LimitLeft("phone_numbers", 1, None)
    assert [name for name, limit in found.items() if limit.is_exceeded] == ["agents"]


@pytest.mark.parametrize(
    ("allowed", "used_up", "is_exceeded"),
    [(1, 1, False), (1, 2, True), (0, 1, True), (0, 0, False), (None, 9, False), (1, None, False)],
)
def test_a_limit_is_exceeded_by_more_than_it_allows(
    allowed: int | None, used_up: int | None, is_exceeded: bool
) -> None:
    assert LimitLeft("agents", allowed, used_up).is_exceeded is is_exceeded
