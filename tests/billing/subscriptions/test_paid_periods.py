"""A paid period begins when it is bought: from nothing, and with another interval, immediately and later. What is shown of
it is the most that is charged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.billing.subscriptions import ensure as plan_subscriptions
from app.billing.subscriptions import previews, switches
from app.billing.subscriptions.previews import GOOD_FOR
from app.billing.subscriptions.switch_reviews import PreviewRenewedError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from app.money import Money
from app.payments import subscriptions
from app.payments.previews import Preview, Shrinking
from app.payments.subscription_facts import StripeSubscription
from stripe_sandbox.resources.billing.proration_amounts import share
from tests.factories import OWNER, a_payer, usd
from tests.support.plans import a_subscriber, sell_plans, subscription_id, switch_to, turn_period
from tests.support.sandbox import Sandbox

FROM_AND_TO = [
    ("starter", "month", "growth", "month"),
    ("starter", "month", "scale", "year"),
    ("growth", "month", "growth", "year"),
    ("growth", "year", "scale", "month"),
]
LATER = [
    ("scale", "month", "growth", "year"),
    ("growth", "year", "growth", "month"),
]


def on_plan(plan: str, interval: str) -> Organization:
    """An organization on a plan; one on the free plan has looked at a change before."""
    if plan != "starter":
        return a_subscriber(plan, interval=interval)
    sell_plans()
    organization, _ = a_payer()
    plan_subscriptions.ensure(organization)
    return organization


def found(organization: Organization) -> StripeSubscription:
    return subscriptions.fetch(subscription_id(organization))


def wait(sandbox: Sandbox, organization: Organization, days: int) -> datetime:
    """Let so many days of the period pass at Stripe; what time it is there then."""
    moment = found(organization).period_start + timedelta(days=days)
    sandbox.move(organization.stripe_customer_id or "", moment)
    return moment


def newest_invoice(sandbox: Sandbox, organization: Organization) -> Any:
    return sandbox.stripe.v1.invoices.retrieve(found(organization).latest_invoice_id or "")


def price_of(switch: PlanSwitch) -> Money:
    return previews.plan_of(switch).price_by(switch.interval)


def after(start: datetime, interval: str) -> datetime:
    return start + (relativedelta(years=1) if interval == "year" else relativedelta(months=1))


@pytest.mark.parametrize(("plan", "by", "to", "to_by"), FROM_AND_TO)
def test_an_immediate_switch_begins_a_whole_period(
    app: Flask, sandbox: Sandbox, plan: str, by: str, to: str, to_by: str
) -> None:
    organization = on_plan(plan, by)
    moment = wait(sandbox, organization, 10)
    switch = switch_to(organization, to, to_by)
    assert switch.status is SwitchStatus.DONE
    now, invoice = found(organization), newest_invoice(sandbox, organization)
    *credit, whole = (line.amount for line in invoice.lines.data)
    assert whole == price_of(switch).minor
    assert now.period_start >= moment
    assert (now.anchor, now.period_end) == (now.period_start, after(now.period_start, to_by))
    shown = previews.unpack(switch).next_at
    assert timedelta() <= now.period_end - shown < GOOD_FOR
    assert len(credit) == (plan != "starter")
    # Credit falls by the second: some cents are shown on top, and none of them is charged by itself.
    more = switch.due.minor - invoice.amount_due
    assert 0 <= more <= 10
    assert bool(more) <= bool(credit and invoice.amount_due)
    assert invoice.amount_paid == invoice.amount_due


@pytest.mark.long
@pytest.mark.parametrize(("plan", "by", "to", "to_by"), LATER)
def test_later_the_next_period_is_charged_in_full_when_it_begins(
    app: Flask, sandbox: Sandbox, plan: str, by: str, to: str, to_by: str
) -> None:
    organization = a_subscriber(plan, interval=by)
    ends = found(organization).period_end
    switch = switch_to(organization, to, to_by)
    cost = previews.unpack(switch)
    assert (cost.due, cost.next_charge, cost.next_at) == (usd("0"), price_of(switch), ends)
    turn_period(app, sandbox, organization)
    now, invoice = found(organization), newest_invoice(sandbox, organization)
    assert now.chosen is not None
    assert (now.chosen.plan, now.interval, now.period_start) == (to, to_by, ends)
    assert (invoice.status, invoice.amount_paid) == ("paid", cost.next_charge.minor)
    assert [line.amount for line in invoice.lines.data] == [cost.next_charge.minor]
    assert now.period_end == after(now.period_start, to_by)


class TestNeverMoreThanShown:
    @pytest.mark.long
    def test_what_costs_more_by_now_is_shown_again_and_not_charged(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization = a_subscriber("growth")
        for to, by in (("scale", "year"), ("scale", "month")):
            switch = switches.begin(organization, to, by, OWNER)
            shown, charges = switch.due, len(sandbox.charges())
            self.use_two(sandbox, organization)
            with pytest.raises(PreviewRenewedError, match="cost has gone up"):
                switches.confirm(organization, switch.id, OWNER)
            assert (len(sandbox.charges()), switch.status) == (charges, SwitchStatus.REVIEW)
            assert switch.due > shown
            self.use_two(sandbox, organization, quantity=1)

    @pytest.mark.long
    def test_looked_at_again_it_is_made_for_what_is_shown_then(self, app: Flask, sandbox: Sandbox) -> None:
        organization = a_subscriber("growth")
        switch = switches.begin(organization, "scale", "year", OWNER)
        self.use_two(sandbox, organization)
        with pytest.raises(PreviewRenewedError):
            switches.confirm(organization, switch.id, OWNER)
        assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.DONE
        invoice = newest_invoice(sandbox, organization)
        assert invoice.amount_paid <= switch.due.minor
        assert invoice.lines.data[-1].quantity == 2

    def test_a_lost_request_is_not_sent_again_for_more(self, app: Flask, sandbox: Sandbox) -> None:
        organization = a_subscriber("growth")
        switch = switches.begin(organization, "scale", "year", OWNER)
        sandbox.fail("POST /v1/subscriptions/*", "drop_before", times=3)
        assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.SWITCHING
        sandbox.clear_faults()
        self.use_two(sandbox, organization)
        charges = len(sandbox.charges())
        assert switches.recover(organization.id, switch.id)
        db.session.expire_all()
        assert (switch.status, len(sandbox.charges())) == (SwitchStatus.CANCELED, charges)

    def test_a_request_that_was_late_is_sent_for_no_more_than_was_shown(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization = a_subscriber("growth")
        switch = switches.begin(organization, "scale", "year", OWNER)
        sandbox.fail("POST /v1/subscriptions/*", "drop_before", times=3)
        switches.confirm(organization, switch.id, OWNER)
        sandbox.clear_faults()
        switch.previewed_at = utc_now() - GOOD_FOR - timedelta(minutes=1)
        db.session.commit()
        assert switches.recover(organization.id, switch.id)
        db.session.expire_all()
        assert switch.status is SwitchStatus.DONE
        assert newest_invoice(sandbox, organization).amount_paid <= switch.due.minor

    @given(
        cost=st.integers(1, 10**7),
        period=st.integers(3600, 366 * 86_400),
        seen=st.floats(0, 1, exclude_max=True),
        late=st.integers(0, 900),
    )
    def test_the_allowance_covers_what_credit_loses_in_that_time(
        self, cost: int, period: int, seen: float, late: int
    ) -> None:
        first = int(period * seen)
        then = min(first + late, period)
        before, afterwards = (share(cost, 0, period, moment) for moment in (first, then))
        credit = Shrinking(Money.from_minor(before, "USD"), timedelta(seconds=period - first))
        preview = a_preview((credit,) if before else ())
        assert before - afterwards <= preview.most_more(timedelta(seconds=late)).minor <= before

    def use_two(self, sandbox: Sandbox, organization: Organization, *, quantity: int = 2) -> None:
        """An operator changes in the dashboard how many of the plan are paid for."""
        now = found(organization)
        items: Any = [{"id": now.item_id, "quantity": quantity}]
        sandbox.stripe.v1.subscriptions.update(now.id, {"items": items, "proration_behavior": "none"})


def a_preview(shrinking: tuple[Shrinking, ...]) -> Preview:
    nothing = usd("0")
    return Preview((), nothing, nothing, nothing, utc_now(), shrinking)
