"""Whatever discounts, taxes, quantity and credit there are: a switch's review shows every line that its sum is made of,
no more is charged than it says, and what it says of the next charge is what the renewal asks for."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from flask import Flask

from app.billing.subscriptions import previews, switches
from app.extensions import db
from app.models import Organization, SwitchStatus
from app.money import Money
from tests.factories import OWNER, a_person, usd
from tests.support.browsing import Visitor, text_of
from tests.support.plans import a_subscriber, hear_from_stripe, turn_period
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator

Deed = Callable[[Operator], None]


def many_things(by: Operator) -> None:
    by.quantity(2)
    by.discount({"percent_off": 10, "name": "Spring"}, {"amount_off": 700, "currency": "usd"})
    by.tax(19)
    by.credit(2_500)


DEEDS: dict[str, Deed] = {
    "nothing": lambda _: None,
    "three of it": lambda by: by.quantity(3),
    "a percentage off": lambda by: by.discount({"percent_off": 33.3}),
    "an amount off": lambda by: by.discount({"amount_off": 2_000, "currency": "usd"}),
    "off once": lambda by: by.discount({"percent_off": 50, "duration": "once"}),
    "off for three months": lambda by: by.discount(
        {"percent_off": 25, "duration": "repeating", "duration_in_months": 3}
    ),
    "off for the customer": lambda by: by.discount_customer(percent_off=15),
    "a code": lambda by: by.promote("HELLO", percent_off=20),
    "tax on top": lambda by: by.tax(8.25),
    "tax in the price": lambda by: by.tax(19, inclusive=True),
    "credit": lambda by: by.credit(12_345),
    "much credit": lambda by: by.credit(500_000),
    "something owed": lambda by: by.credit(-999),
    "many things": many_things,
}
SWITCHES = {
    "up": (("growth", "month"), ("scale", "month")),
    "to the year": (("growth", "month"), ("growth", "year")),
    "from free": (None, ("growth", "month")),
    "down": (("scale", "month"), ("growth", "month")),
    "down to the year": (("scale", "month"), ("growth", "year")),
}


def newest_invoice(sandbox: Sandbox, organization: Organization) -> Any:
    listed: Any = {"customer": organization.stripe_customer_id or "", "limit": 1}
    return sandbox.stripe.v1.invoices.list(listed).data[0]


def charged(invoice: Any) -> Money:
    return Money.from_minor(invoice.amount_due, "USD")


ALL = [(kind, deed) for kind in SWITCHES for deed in DEEDS]
EVERY_PAIR = bool(os.environ.get("SUMS_EVERY_PAIR"))
"""SUMS_EVERY_PAIR=1 tries each switch with each deed; without it each of them at least once."""
_ROUND = [(kind, deed) for kind, deed in zip(cycle(SWITCHES), DEEDS, strict=False)]
SOME = [*_ROUND, *((kind, "many things") for kind in SWITCHES if (kind, "many things") not in _ROUND)]


@pytest.mark.parametrize(("kind", "deed"), ALL if EVERY_PAIR else SOME)
def test_the_sum_shown_is_the_most_that_is_charged(
    app: Flask, sandbox: Sandbox, kind: str, deed: str
) -> None:
    before, to = SWITCHES[kind]
    organization = a_subscriber(before[0], interval=before[1]) if before else a_free_subscriber(app, sandbox)
    hear_from_stripe(app, sandbox)
    DEEDS[deed](Operator(app, sandbox, organization))
    switch = switches.begin(organization, *to, OWNER)
    cost = previews.unpack(switch)
    if switch.is_at_once:
        added = sum((line.amount for line in cost.lines if line.is_added), usd("0"))
        # What is below zero in all is kept as credit, and nothing is due.
        assert max(added, usd("0")) - cost.from_balance == cost.due
    next_added = sum((line.amount for line in cost.next_lines if line.is_added), usd("0"))
    assert next_added == cost.next_charge
    switch = switches.confirm(organization, switch.id, OWNER)
    assert switch.status is SwitchStatus.DONE
    if switch.is_at_once:
        paid = charged(newest_invoice(sandbox, organization))
        allowance = sum(
            (one.amount for one in cost.lines if one.words.startswith("Up to 7 minutes")), usd("0")
        )
        assert cost.due - allowance <= paid <= cost.due
    turn_period(app, sandbox, organization, days=1)
    renewal = charged(newest_invoice(sandbox, organization))
    assert renewal <= cost.next_charge
    # Credit that shrinks by the second is the one thing that Stripe works out again when it charges.
    assert cost.next_charge - renewal <= usd("0.05")


def a_free_subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    """One with a subscription to the free plan, and a card."""
    organization = a_subscriber("growth")
    switches.confirm(organization, switches.begin(organization, "starter", "month", OWNER).id, OWNER)
    turn_period(app, sandbox, organization)
    db.session.expire_all()
    return organization


def test_the_page_shows_discounts_taxes_and_credit(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    many_things(Operator(app, sandbox, organization))
    switch = switches.begin(organization, "scale", "month", OWNER)
    visitor.begin_session(a_person(organization=organization).email)
    page = text_of(visitor.get(f"/billing/change-plan/{switch.id}"))
    assert "Spring, 10% off" in page and "7 USD off" in page
    assert "VAT 19%" in page and "Your invoice credit" in page
    cost = previews.unpack(switch)
    # Twice $399, less 10 % and $7, with 19 %.
    assert cost.regular == usd("846.33") and "$846.33 a month" in page
    assert "while its discounts last, and $798.00 plus tax after that" in page
