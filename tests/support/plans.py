"""Plans as tests switch between them: sold at Stripe's stand-in, with a payer of each kind."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing import catalog, plans
from app.billing.cards import default_sync, removal
from app.billing.catalog import sales
from app.billing.plans import PlanView
from app.billing.subscriptions import switches
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch, Subscription
from app.payments import subscriptions
from tests.factories import OWNER, a_payer, a_stripe_card
from tests.support.sandbox import Sandbox, deliver, work_through
from tests.support.saved_states import walked_once

ALWAYS_3DS = "pm_card_authenticationRequired"
DECLINES = "pm_card_chargeCustomerFail"

AS_A_DRAFT = timedelta(hours=1, seconds=1)
"""How long after the end of a period the renewal has been charged."""


@walked_once
def sell_plans() -> None:
    """Let Stripe have the catalog's prices."""
    list(sales.sync_prices(catalog.current()))


@walked_once
def a_subscriber(
    plan: str = "growth", *, interval: str = "month", token: str = "pm_card_visa"
) -> Organization:
    """An organization that has switched to a plan, paid by a card made from one of Stripe's test ids."""
    sell_plans()
    organization, _ = a_payer("pm_card_visa")
    switch_to(organization, plan, interval)
    if token != "pm_card_visa":
        pay_by(organization, token)
    return organization


@walked_once
def a_debtor(app: Flask, sandbox: Sandbox) -> Organization:
    """An organization on Growth, whose renewal was declined."""
    organization = a_subscriber("growth", token=DECLINES)
    turn_period(app, sandbox, organization)
    return organization


def grow_old(organization: Organization, days: int) -> None:
    """Let so many days have passed since the renewal failed."""
    row = db.session.get_one(Subscription, (organization.id,))
    row.failed_at = utc_now() - timedelta(days=days)
    db.session.commit()


def pay_by(organization: Organization, token: str) -> PaymentMethod:
    """Let the plan be charged to one more card from now on."""
    card = a_stripe_card(organization, token)
    removal.make_default(organization, card.id, OWNER)
    db.session.commit()
    default_sync.sync_to_stripe(organization.id)
    return card


def switch_to(organization: Organization, plan: str, interval: str = "month") -> PlanSwitch:
    """Choose a plan and confirm it."""
    switch = switches.begin(organization, plan, interval, OWNER)
    return switches.confirm(organization, switch.id, OWNER)


def plan_of(organization: Organization) -> PlanView:
    db.session.expire_all()
    return plans.gather(organization)


def turn_period(app: Flask, sandbox: Sandbox, organization: Organization, *, days: int = 0) -> None:
    """Let the paid period end, and so many days more pass, at Stripe; and hear of it.

    With the hour in which the renewal is a draft, so that it was charged.
    """
    found = subscriptions.fetch(subscription_id(organization))
    sandbox.move(found.customer_id or "", found.period_end + AS_A_DRAFT + timedelta(days=days))
    hear_from_stripe(app, sandbox)


def subscription_id(organization: Organization) -> str:
    return db.session.get_one(Subscription, (organization.id,)).stripe_id or ""


def hear_from_stripe(app: Flask, sandbox: Sandbox, *types: str) -> None:
    """Deliver what Stripe tells of subscriptions, schedules and invoices, and work through what comes of it."""
    client = app.test_client()
    for event in sandbox.notifications():
        if event["type"].startswith(types or ("customer.subscription", "subscription_schedule", "invoice")):
            assert deliver(client, event) == 200
    work_through(app)
