"""What a switch would cost, as Stripe's preview says it: with credit left over, and in a currency without decimals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing.subscriptions import previews as plan_previews
from app.billing.subscriptions import switches
from app.models import SwitchStatus
from app.money import Money
from app.payments import customers, previews, subscriptions
from tests.factories import OWNER, a_payer, usd
from tests.support.plans import a_subscriber, plan_of, subscription_id, turn_period
from tests.support.sandbox import Sandbox


@pytest.mark.long
def test_credit_that_is_left_pays_the_next_invoices(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth", interval="year")
    switch = switches.begin(organization, "scale", "month", OWNER)
    cost = plan_previews.unpack(switch)
    # A year of Growth was paid this minute: $990 of credit against the $399 of a month of Scale.
    assert (cost.due, cost.left, cost.next_charge) == (usd("0"), usd("591"), usd("0"))
    assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.DONE
    turn_period(app, sandbox, organization)
    balance = sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "").balance
    assert (plan_of(organization).name, balance) == ("Scale", -19_200)
    assert len(sandbox.charges()) == 1


def test_the_next_charge_is_when_the_period_ends_that_begins(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth", interval="year")
    found = subscriptions.fetch(subscription_id(organization))
    # What an operator adds waits for the next invoice, and is for the rest of the year.
    items: Any = [{"id": found.item_id, "quantity": 2}]
    sandbox.stripe.v1.subscriptions.update(found.id, {"items": items})
    cost = plan_previews.unpack(switches.begin(organization, "scale", "month", OWNER))
    assert cost.next_at - found.period_start < timedelta(days=32)


def test_yen_have_no_decimals(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    customers.set_default_card(organization.stripe_customer_id or "", card.stripe_id)
    small, large = (
        sandbox.stripe.v1.prices.create(
            {
                "currency": "jpy",
                "unit_amount": amount,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Plan"},
                "metadata": {"plan": "growth"},
            }
        )
        for amount in (9_900, 39_900)
    )
    made = sandbox.stripe.v1.subscriptions.create(
        {"customer": organization.stripe_customer_id or "", "items": [{"price": small.id}]}
    )
    found = subscriptions.fetch(made.id)
    seen = previews.preview_switch(found, large.id, "month", as_of=found.period_start)
    assert seen.due == Money.from_minor(30_000, "JPY") == Money(30_000_000_000, "JPY")
    assert [line.amount.plain for line in seen.lines] == ["-9900", "39900"]
