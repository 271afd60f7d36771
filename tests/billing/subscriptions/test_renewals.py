"""Renewals that are not paid: past due, in grace, suspended, and paid again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.plans import entitlements, terms
from app.billing.subscriptions import renewals, switches
from app.billing.subscriptions.switch_conditions import PastDueError
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, Organization, SubscriptionStatus, SwitchStatus
from tests.billing.subscriptions.test_planned_switches import reasons
from tests.factories import OWNER, a_stripe_card
from tests.support.plans import (
    ALWAYS_3DS,
    DECLINES,
    a_debtor,
    a_subscriber,
    grow_old,
    hear_from_stripe,
    pay_by,
    plan_of,
    switch_to,
    turn_period,
)
from tests.support.sandbox import Sandbox


@pytest.fixture
def debtor(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, whose renewal was declined."""
    return a_debtor(app, sandbox)


def test_it_is_past_due_and_the_plan_goes_on_for_days(debtor: Organization) -> None:
    view = plan_of(debtor)
    assert (view.status, view.in_force.key, view.failure) == (
        SubscriptionStatus.PAST_DUE,
        "growth",
        "generic_decline",
    )
    assert view.grace_ends_on is not None
    assert (view.grace_ends_on - view.failed_on).days == 7
    grow_old(debtor, 6)
    renewals.suspend_overdue()
    assert plan_of(debtor).in_force.key == "growth"


def test_then_the_free_plan_holds_and_everybody_is_told(debtor: Organization) -> None:
    grow_old(debtor, 8)
    renewals.suspend_overdue()
    view = plan_of(debtor)
    assert (view.plan.key, view.in_force.key) == ("growth", "starter")
    assert entitlements.gather(debtor).plan.key == "starter"
    assert terms.get_terms(debtor).plan_at(utc_now()).key == "starter"
    renewals.suspend_overdue()
    assert reasons() == ["switched", "suspended"]


@pytest.mark.parametrize("days", [0, 8])
def test_another_card_pays_it_at_any_time(debtor: Organization, sandbox: Sandbox, days: int) -> None:
    grow_old(debtor, days)
    renewals.suspend_overdue()
    card = a_stripe_card(debtor)
    payment = renewals.pay(debtor, card.id, OWNER)
    assert payment.succeeded
    view = plan_of(debtor)
    assert (view.status, view.in_force.key, view.failed_on) == (SubscriptionStatus.ACTIVE, "growth", None)
    assert reasons() == (["switched", "suspended", "restored"] if days else ["switched"])
    assert len(sandbox.charges()) == 2


@pytest.mark.long
def test_without_a_card_it_says_so_and_a_new_card_pays_it(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    (card,) = payment_methods.saved(organization.id)
    sandbox.stripe.v1.payment_methods.detach(card.stripe_id)
    turn_period(app, sandbox, organization)
    assert (plan_of(organization).is_past_due, plan_of(organization).failure) == (True, "no_card")
    paid = renewals.pay(organization, a_stripe_card(organization).id, OWNER)
    assert paid.succeeded
    assert plan_of(organization).status is SubscriptionStatus.ACTIVE


def test_a_bank_that_asks_is_answered(debtor: Organization, sandbox: Sandbox) -> None:
    card = a_stripe_card(debtor, ALWAYS_3DS)
    assert renewals.pay(debtor, card.id, OWNER).status == "requires_action"
    assert plan_of(debtor).is_past_due
    sandbox.answer_bank("complete")
    renewals.refresh(debtor, OWNER)
    assert plan_of(debtor).status is SubscriptionStatus.ACTIVE


def test_stripes_own_retry_pays_it_with_the_new_default(
    app: Flask, debtor: Organization, sandbox: Sandbox
) -> None:
    pay_by(debtor, "pm_card_visa")
    sandbox.move(debtor.stripe_customer_id or "", utc_now() + timedelta(days=40))
    hear_from_stripe(app, sandbox)
    assert plan_of(debtor).status is SubscriptionStatus.ACTIVE


def test_after_the_last_retry_it_ends(app: Flask, debtor: Organization, sandbox: Sandbox) -> None:
    sandbox.move(debtor.stripe_customer_id or "", utc_now() + timedelta(days=31 + 16))
    hear_from_stripe(app, sandbox)
    view = plan_of(debtor)
    assert (view.status, view.name) == (SubscriptionStatus.CANCELED, "Starter")
    assert reasons()[-1] == "ended"


@pytest.mark.parametrize(("plan", "interval"), [("scale", "month"), ("growth", "year")])
def test_nothing_bigger_begins_before_it_is_paid(debtor: Organization, plan: str, interval: str) -> None:
    with pytest.raises(PastDueError):
        switches.begin(debtor, plan, interval, OWNER)


@pytest.mark.long
def test_nor_where_it_was_reviewed_before_the_renewal_failed(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth", token=DECLINES)
    switch = switches.begin(organization, "scale", "month", OWNER)
    turn_period(app, sandbox, organization)
    with pytest.raises(PastDueError):
        switches.confirm(organization, switch.id, OWNER)
    assert plan_of(organization).name == "Growth"


@pytest.mark.long
@pytest.mark.parametrize("days", [0, 9])
def test_a_smaller_one_is_planned_for_the_end_of_the_period(
    app: Flask, sandbox: Sandbox, debtor: Organization, days: int
) -> None:
    grow_old(debtor, days)
    renewals.suspend_overdue()
    assert switch_to(debtor, "starter").status is SwitchStatus.DONE
    view = plan_of(debtor)
    assert (view.name, view.is_past_due) == ("Growth", True)
    assert view.scheduled is not None
    assert view.scheduled.plan_name == "Starter"
    card = a_stripe_card(debtor)
    assert renewals.pay(debtor, card.id, OWNER).succeeded, "it stays due until then, and can be paid"
    turn_period(app, sandbox, debtor)
    assert (plan_of(debtor).name, len(sandbox.charges())) == ("Starter", 2)


def test_the_mail_says_the_day_that_the_page_says(debtor: Organization) -> None:
    mail = db.session.scalars(db.select(Mail).where(Mail.kind == "invoice_failed")).first()
    assert mail is not None
    assert mail.facts["pay_by"] == plan_of(debtor).grace_ends_on.isoformat()
