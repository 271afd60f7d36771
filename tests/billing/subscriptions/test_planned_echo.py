"""A planned change changes the plan and nothing else: what operators have set on a subscription stays."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.billing.subscriptions import switches
from app.models import Organization
from app.payments import phases, previews, subscriptions
from app.payments.subscription_facts import Chosen
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.plans import a_subscriber, subscription_id, switch_to, turn_period
from tests.support.sandbox import Sandbox

CHANGES = {
    "items",
    "metadata",
    "schedule",
    "billing_cycle_anchor",
    "latest_invoice",
    "default_payment_method",
}
"""What a planned change, and the turn of a period, may change. A card of the subscription's own becomes the customer's
default before."""


def percent(sandbox: Sandbox, **terms: Any) -> dict[str, Any]:
    wanted: Any = {"percent_off": 25, **terms}
    return {"coupon": sandbox.stripe.v1.coupons.create(wanted).id}


def promotion(sandbox: Sandbox) -> dict[str, Any]:
    coupon = sandbox.stripe.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    code: Any = {"promotion": {"type": "coupon", "coupon": coupon.id}}
    return {"promotion_code": sandbox.stripe.v1.promotion_codes.create(code).id}


def rate(sandbox: Sandbox) -> str:
    described: Any = {"display_name": "VAT", "percentage": 19, "inclusive": False}
    return sandbox.stripe.v1.tax_rates.create(described).id


def by_hand(sandbox: Sandbox, organization: Organization) -> dict[str, Any]:
    card = a_stripe_card(organization, "pm_card_mastercard").stripe_id
    return {
        "discounts": [percent(sandbox, duration="forever"), promotion(sandbox)],
        "default_tax_rates": [rate(sandbox), rate(sandbox)],
        "default_payment_method": card,
        "description": "By agreement of 3 May",
        "invoice_settings": {"footer": "Order 17", "custom_fields": [{"name": "Order", "value": "17"}]},
        "metadata": {"crm": "4711"},
    }


def by_itself(sandbox: Sandbox, organization: Organization) -> dict[str, Any]:
    """What goes with nothing of the above, or changes in time."""
    customer: Any = {"address": {"country": "DE"}}
    sandbox.stripe.v1.customers.update(organization.stripe_customer_id or "", customer)
    return {
        "automatic_tax": {"enabled": True},
        "discounts": [percent(sandbox, duration="repeating", duration_in_months=6)],
    }


def raw(sandbox: Sandbox, organization: Organization) -> dict[str, Any]:
    return sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization)).to_dict()


def but(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in {*CHANGES, *names}}


def charged_to(sandbox: Sandbox, found: dict[str, Any]) -> str:
    """The card that Stripe charges: the subscription's own, or else its customer's default."""
    settings = sandbox.stripe.v1.customers.retrieve(found["customer"]).invoice_settings
    return str(found["default_payment_method"] or (settings and settings.default_payment_method))


def item(found: dict[str, Any]) -> dict[str, Any]:
    (only,) = found["items"]["data"]
    return {name: only[name] for name in ("quantity", "tax_rates", "discounts", "metadata")}


@pytest.mark.long
@pytest.mark.parametrize(
    ("given", "plan", "interval"), [(by_hand, "growth", "year"), (by_itself, "starter", "month")]
)
def test_what_is_set_stays_while_a_change_is_planned_and_once_it_is_made(
    app: Flask, sandbox: Sandbox, given: Any, plan: str, interval: str
) -> None:
    organization = a_subscriber("scale")
    wanted = given(sandbox, organization)
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), wanted)
    before = raw(sandbox, organization)
    switch_to(organization, "growth", "month")
    switch_to(organization, plan, interval)
    planned = raw(sandbox, organization)
    assert but(planned) == but(before)
    assert planned["metadata"] == before["metadata"]
    turn_period(app, sandbox, organization)
    after = raw(sandbox, organization)
    assert but(after) == but(before)
    assert charged_to(sandbox, after) == charged_to(sandbox, before)
    assert before["metadata"].items() - after["metadata"].items() <= {
        ("plan", "scale"),
        ("interval", "month"),
        ("switch", before["metadata"]["switch"]),
    }


@pytest.mark.long
def test_how_many_are_paid_for_stays_with_what_their_item_has(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("scale")
    before = raw(sandbox, organization)
    items: Any = [
        {
            "id": before["items"]["data"][0]["id"],
            "quantity": 3,
            "tax_rates": [rate(sandbox)],
            "metadata": {"seats": "three"},
        }
    ]
    sandbox.stripe.v1.subscriptions.update(before["id"], {"items": items, "proration_behavior": "none"})
    before = raw(sandbox, organization)
    switch_to(organization, "growth", "year")
    assert item(raw(sandbox, organization)) == item(before)
    turn_period(app, sandbox, organization)
    after = raw(sandbox, organization)
    assert item(after) == item(before)
    invoice = sandbox.stripe.v1.invoices.retrieve(after["latest_invoice"])
    assert (invoice.subtotal, invoice.total) == (3 * 99_000, round(3 * 99_000 * 1.19))


def test_canceled_nothing_is_left_of_it(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("scale")
    wanted = by_hand(sandbox, organization)
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), wanted)
    before = raw(sandbox, organization)
    switch_to(organization, "starter")
    switches.cancel_scheduled_change(organization, OWNER)
    after = raw(sandbox, organization)
    assert but(after) == but(before)
    assert (after["metadata"], after["schedule"]) == (before["metadata"], None)
    assert charged_to(sandbox, after) == charged_to(sandbox, before)


def test_what_people_do_not_change_themselves_is_echoed_too(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("scale")
    found = raw(sandbox, organization)
    end = found["items"]["data"][0]["current_period_end"] + 86_400
    wanted: Any = {"trial_end": end, "collection_method": "send_invoice", "days_until_due": 14}
    sandbox.stripe.v1.subscriptions.update(found["id"], wanted)
    before = raw(sandbox, organization)
    assert before["status"] == "trialing"
    subscription, smaller = subscriptions.fetch(found["id"]), Chosen("growth", "month")
    price = previews.price_of("growth", "month", usd("99"))
    subscriptions.plan_for_period_end(subscription, price, smaller, key="planned by support")
    assert but(raw(sandbox, organization)) == but(before)


def test_every_attribute_of_a_phase_is_said_or_is_of_its_own() -> None:
    """What the SDK knows of phases, so that a new attribute is not left out unseen."""
    of_its_own = {"start_date", "end_date", "duration", "billing_cycle_anchor", "proration_behavior"}
    of_its_own |= {"items", "metadata", "trial_end", "trial"}
    # The currency follows from the prices. What was added to an invoice was invoiced when the phase began.
    follows = {"currency", "add_invoice_items"}
    known = set(phases.Phase.__annotations__)
    said = set(phases.attributes_of(BLANK))
    assert known - of_its_own - follows == said


BLANK: dict[str, Any] = {
    "application_fee_percent": None,
    "automatic_tax": {"enabled": False, "liability": None},
    "billing_thresholds": None,
    "collection_method": "charge_automatically",
    "days_until_due": None,
    "default_payment_method": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self", "account": None},
    },
    "on_behalf_of": None,
    "transfer_data": None,
}
