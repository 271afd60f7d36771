"""The card that is named is the card that Stripe charges, wherever its default was changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.billing.cards import default_sync, payment_methods, removal
from app.billing.subscriptions import ensure as plan_subscriptions
from app.billing.subscriptions import switches
from app.extensions import db
from app.models import Organization, PaymentMethod, SwitchStatus
from app.pages.change_plan.view import view
from app.pages.overview import plan_card
from app.reconciliation import plans
from app.reconciliation.report import Report
from tests.factories import OWNER, a_stripe_card
from tests.support.plans import a_subscriber, hear_from_stripe, plan_of, subscription_id, turn_period
from tests.support.sandbox import Sandbox, work_through

MASTERCARD = "pm_card_mastercard"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, paid by a Visa card."""
    return a_subscriber("growth")


def own_default(sandbox: Sandbox, organization: Organization, card: str | None) -> None:
    """An operator gives the subscription a card of its own, in the dashboard."""
    params: Any = {"default_payment_method": card or ""}
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), params)


def customers_default(sandbox: Sandbox, organization: Organization, card: str) -> None:
    settings: Any = {"invoice_settings": {"default_payment_method": card}}
    sandbox.stripe.v1.customers.update(organization.stripe_customer_id or "", settings)


def attach(sandbox: Sandbox, organization: Organization, token: str = MASTERCARD) -> str:
    """An operator adds a card; no one tells us."""
    customer: Any = {"customer": organization.stripe_customer_id}
    return sandbox.stripe.v1.payment_methods.attach(token, customer).id


def at_stripe(sandbox: Sandbox, organization: Organization) -> tuple[object, object]:
    """The subscription's own card, and its customer's."""
    subscription = sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization))
    customer = sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "")
    return subscription.default_payment_method, customer.invoice_settings.default_payment_method  # type: ignore[union-attr]


def named(organization: Organization) -> str:
    """The card of the plan, as pages name it; the cards' page says the same."""
    charged = plan_card.get_plan_card(organization, plan_of(organization))
    assert charged is not None and charged.card is not None
    default = [card for card in payment_methods.list_cards(organization) if card.is_default]
    assert [card.label for card in default] == [charged.card.label]
    return charged.card.label


def charged(sandbox: Sandbox) -> str:
    card = sandbox.charges()[0].payment_method_details.card  # type: ignore[union-attr]
    assert card is not None
    return f"{(card.brand or '').title()} ending in {card.last4}"


def hear_by(told: str, app: Flask, sandbox: Sandbox) -> None:
    if told == "webhooks":
        hear_from_stripe(app, sandbox, "customer.")
    else:
        # As if no event had ever been sent.
        plans.compare(Report())
    work_through(app)
    db.session.expire_all()


@pytest.mark.long
@pytest.mark.parametrize("told", ["webhooks", "reconciliation"])
@pytest.mark.parametrize("change", [own_default, customers_default])
def test_a_default_of_the_dashboard_arrives(
    app: Flask, sandbox: Sandbox, organization: Organization, change: Any, told: str
) -> None:
    card = attach(sandbox, organization)
    change(sandbox, organization, card)
    hear_by(told, app, sandbox)
    assert named(organization) == "Mastercard ending in 4444"
    assert at_stripe(sandbox, organization) == (None, card)
    turn_period(app, sandbox, organization)
    assert charged(sandbox) == "Mastercard ending in 4444"


@pytest.mark.long
def test_the_card_of_a_second_subscription_is_not_the_plans(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    before, own = named(organization), attach(sandbox, organization)
    plan = sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization))["items"].data[0]
    second: Any = {
        "customer": organization.stripe_customer_id,
        "items": [{"price": plan.price.id}],
        "default_payment_method": own,
    }
    made = sandbox.stripe.v1.subscriptions.create(second)
    hear_by("webhooks", app, sandbox)
    report = Report()
    plans.compare(report)
    assert (list(report.findings), report.fixed) == ([made.id], {})
    assert named(organization) == before


@pytest.mark.long
def test_a_choice_made_here_wins_over_the_subscriptions_own_card(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    first = db.session.scalars(db.select(PaymentMethod)).one()
    own_default(sandbox, organization, attach(sandbox, organization))
    hear_from_stripe(app, sandbox, "customer.")
    removal.make_default(organization, first.id, OWNER)
    work_through(app)
    assert at_stripe(sandbox, organization) == (None, first.stripe_id)
    turn_period(app, sandbox, organization)
    assert charged(sandbox) == named(organization) == "Visa ending in 4242"


def test_a_choice_that_stripe_does_not_know_yet_is_not_undone_by_what_stripe_says(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    work_through(app)
    other = a_stripe_card(organization, MASTERCARD)
    removal.make_default(organization, other.id, OWNER)
    plan_subscriptions.ensure(organization)
    assert named(organization) == "Mastercard ending in 4444"
    work_through(app)
    assert at_stripe(sandbox, organization) == (None, other.stripe_id)


def test_the_card_of_a_review_is_charged(app: Flask, sandbox: Sandbox, organization: Organization) -> None:
    own_default(sandbox, organization, attach(sandbox, organization))
    switch = switches.begin(organization, "scale", "month", OWNER)
    shown = view(organization, switch, plan_of(organization)).card
    assert shown is not None
    assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.DONE
    assert shown.label == charged(sandbox) == "Mastercard ending in 4444"


def test_chosen_between_review_and_confirmation_it_is_charged_and_nothing_else(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    switch = switches.begin(organization, "scale", "month", OWNER)
    own_default(sandbox, organization, attach(sandbox, organization))
    switches.confirm(organization, switch.id, OWNER)
    assert named(organization) == charged(sandbox)


@pytest.mark.long
def test_a_change_that_is_planned_takes_no_card_of_its_own_along(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("scale")
    own_default(sandbox, organization, attach(sandbox, organization))
    switch = switches.begin(organization, "growth", "month", OWNER)
    switches.confirm(organization, switch.id, OWNER)
    other = a_stripe_card(organization, "pm_card_amex")
    removal.make_default(organization, other.id, OWNER)
    work_through(app)
    turn_period(app, sandbox, organization)
    assert charged(sandbox).endswith(other.last4)


@pytest.mark.long
def test_a_default_that_was_taken_away_is_set_again(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    customers_default(sandbox, organization, "")
    hear_by("webhooks", app, sandbox)
    assert at_stripe(sandbox, organization)[1] is not None
    assert named(organization) == "Visa ending in 4242"


@pytest.mark.long
def test_what_was_told_is_no_news(app: Flask, sandbox: Sandbox, organization: Organization) -> None:
    """Stripe tells of each change that we make there ourselves."""
    for token in (MASTERCARD, "pm_card_amex", MASTERCARD):
        card = a_stripe_card(organization, token)
        removal.make_default(organization, card.id, OWNER)
        default_sync.sync_to_stripe(organization.id)
        label = named(organization)
        hear_from_stripe(app, sandbox, "customer.")
        assert named(organization) == label
