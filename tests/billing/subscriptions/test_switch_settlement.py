"""From a subscription of Stripe's to the switch that was asked of it: made, waiting, or over; and only its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.subscriptions import switch_settlement, switches
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from app.payments.subscription_facts import Chosen, Planned, StripeSubscription
from tests.factories import OWNER, an_organization
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox

SWITCHING, ACTION, DECLINED = SwitchStatus.SWITCHING, SwitchStatus.ACTION, SwitchStatus.DECLINED


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth."""
    return a_subscriber("growth")


@pytest.fixture
def switch(organization: Organization) -> PlanSwitch:
    """One to Scale that Stripe was asked for, with no answer."""
    made = switches.begin(organization, "scale", "month", OWNER)
    made.status = SWITCHING
    db.session.commit()
    return made


@pytest.fixture
def found(organization: Organization, switch: PlanSwitch) -> StripeSubscription:
    """The subscription as it is without the switch."""
    return subscriptions.fetch(subscription_id(organization))


def chosen(switch: PlanSwitch) -> Chosen:
    return Chosen(switch.plan, switch.interval, switch.version, str(switch.id))


def apply(switch: PlanSwitch, found: StripeSubscription) -> bool:
    ledger.lock(switch.org_id)
    return switch_settlement.apply(switch.org_id, found)


def test_one_that_shows_in_the_plan_is_done_once(switch: PlanSwitch, found: StripeSubscription) -> None:
    switch.decline_code = "generic_decline"
    made = replace(found, chosen=chosen(switch), latest_invoice_id="in_new")
    assert not switch_settlement.is_settled(switch.org_id, made)
    assert [apply(switch, made), apply(switch, made)] == [True, False]
    assert (switch.status, switch.invoice_id, switch.decline_code) == (SwitchStatus.DONE, "in_new", None)
    assert switch_settlement.is_settled(switch.org_id, made)


def test_one_that_is_planned_is_done_and_has_no_invoice(
    switch: PlanSwitch, found: StripeSubscription
) -> None:
    switch.is_at_once = False
    planned = replace(found, planned=Planned(chosen(switch), found.period_end, "price_1"))
    assert apply(switch, planned)
    assert (switch.status, switch.invoice_id) == (SwitchStatus.DONE, None)


def test_one_that_is_waited_for_stays_open_and_knows_its_invoice(
    switch: PlanSwitch, found: StripeSubscription
) -> None:
    waiting = replace(found, waiting=chosen(switch), latest_invoice_id="in_new")
    assert not apply(switch, waiting)
    assert (switch.status, switch.invoice_id) == (SWITCHING, "in_new")


def test_one_whose_request_may_be_on_its_way_is_left_alone(
    switch: PlanSwitch, found: StripeSubscription
) -> None:
    assert not apply(switch, found)
    assert (switch.status, switch.ended_at) == (SWITCHING, None)


@pytest.mark.parametrize("status", [SWITCHING, ACTION, DECLINED])
def test_one_that_stripe_had_and_waits_for_no_more_has_expired(
    switch: PlanSwitch, found: StripeSubscription, status: SwitchStatus
) -> None:
    switch.status, switch.invoice_id = status, "in_new"
    db.session.commit()
    assert apply(switch, found)
    assert (switch.status, switch.note) == (SwitchStatus.CANCELED, "expired")


def test_another_switch_that_shows_is_not_this_one(switch: PlanSwitch, found: StripeSubscription) -> None:
    other = replace(chosen(switch), switch="of another")
    assert not apply(switch, replace(found, chosen=other))
    assert switch.status is SWITCHING


def test_it_is_not_over_while_what_it_replaces_is_there(
    switch: PlanSwitch, found: StripeSubscription
) -> None:
    switch.replaces_schedule_id = "sub_sched_1"
    db.session.commit()
    made = replace(found, chosen=chosen(switch), schedule_id="sub_sched_1")
    assert not apply(switch, made)
    assert switch.status is SWITCHING
    assert apply(switch, replace(made, schedule_id="sub_sched_of_an_operator"))


class TestLeftOfReplaced:
    def test_an_end_is_known_by_its_moment(self, switch: PlanSwitch, found: StripeSubscription) -> None:
        switch.replaces_ends_at = found.period_end
        ending = replace(found, ends_at=found.period_end)
        assert switch_settlement.is_left_of_replaced(switch, ending)
        assert not switch_settlement.is_left_of_replaced(switch, replace(found, ends_at=utc_now()))

    def test_nothing_is_left_of_nothing(self, switch: PlanSwitch, found: StripeSubscription) -> None:
        assert not switch_settlement.is_left_of_replaced(switch, found)

    def test_one_for_later_leaves_nothing(self, switch: PlanSwitch, found: StripeSubscription) -> None:
        switch.is_at_once, switch.replaces_ends_at = False, found.period_end
        ending = replace(found, ends_at=found.period_end)
        assert not switch_settlement.is_left_of_replaced(switch, ending)


def test_without_an_open_switch_there_is_nothing_to_settle(
    switch: PlanSwitch, found: StripeSubscription
) -> None:
    other = an_organization()
    made = replace(found, chosen=chosen(switch))
    assert switch_settlement.is_settled(other.id, made)
    assert not switch_settlement.apply(other.id, made)
    assert switch.status is SWITCHING
