"""What pages show besides the plan: allowances of this period, a switch that waits, and who is billed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask

from app.billing import plans
from app.clock import utc_now
from app.extensions import db
from app.models import OPEN_SWITCH, Allowance, BillingDetails, Organization, PlanSwitch, SwitchStatus
from tests.factories import an_organization, usd
from tests.support import subscriptions
from tests.support.statements import statements
from tests.support.subscriptions import Period


@pytest.fixture
def organization(app: Flask) -> Organization:
    organization = an_organization()
    today = organization.local_day()
    subscriptions.subscribe(organization, "growth", period=Period(today, today + relativedelta(months=1)))
    return organization


def use(organization: Organization, pool: str, units: int, *, days_ago: int = 0) -> None:
    start = organization.local_day() - timedelta(days=days_ago)
    db.session.add(Allowance(org_id=organization.id, period_start=start, meter=pool, used=units))
    db.session.flush()


def switch(organization: Organization, status: SwitchStatus) -> None:
    db.session.add(
        PlanSwitch(
            org_id=organization.id,
            plan="scale",
            version="2026-12.4",
            interval="month",
            is_at_once=True,
            status=status,
            based_on="",
            previewed_at=utc_now(),
            currency="usd",
            preview={},
            due_micro=usd("1").micro,
        )
    )
    db.session.flush()


def test_allowances_are_those_of_this_period(organization: Organization) -> None:
    pools = [one.label for one in plans.gather(organization).allowances]
    assert pools[0] == "Call minutes"
    use(organization, "call_minutes", 90 * 60, days_ago=20)
    assert {one.used.amount for one in plans.gather(organization).allowances} == {0}
    use(organization, "call_minutes", 90 * 60)
    first = plans.gather(organization).allowances[0]
    assert (first.used.amount, first.whole.amount, first.is_used_up) == (90, 2_000, False)


def test_no_more_is_used_than_there_is(organization: Organization) -> None:
    use(organization, "call_minutes", 10**9)
    first = plans.gather(organization).allowances[0]
    assert (first.used, first.is_used_up) == (first.whole, True)


@pytest.mark.parametrize("status", SwitchStatus)
def test_only_an_open_switch_waits(organization: Organization, status: SwitchStatus) -> None:
    switch(organization, status)
    found = plans.gather(organization).waiting
    assert (found is not None) == (status in OPEN_SWITCH)
    if found is not None:
        assert (found.plan_name, found.status) == ("Scale", status)
        assert found.waits_for_payment == (status is not SwitchStatus.SWITCHING)


def test_who_is_billed_is_known_by_their_name(organization: Organization) -> None:
    assert not plans.gather(organization).is_billed_known
    db.session.add(BillingDetails(org_id=organization.id, country="US"))
    db.session.flush()
    assert not plans.gather(organization).is_billed_known
    details = db.session.get_one(BillingDetails, (organization.id,))
    details.legal_name = "Harbor Dental LLC"
    db.session.flush()
    assert plans.gather(organization).is_billed_known


def test_others_have_their_own(organization: Organization) -> None:
    use(an_organization(), "call_minutes", 60)
    switch(an_organization(), SwitchStatus.ACTION)
    found = plans.gather(organization)
    assert (found.waiting, found.allowances[0].used.amount) == (None, 0)


def test_it_takes_no_statement_of_its_own(organization: Organization) -> None:
    plans.gather(organization)
    with statements() as seen:
        plans.gather(organization)
    assert len([one for one in seen if "SELECT" in one]) == 1
