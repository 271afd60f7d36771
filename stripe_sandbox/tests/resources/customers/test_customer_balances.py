"""What customers have in credit or owe, and how invoices use it, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.sums import hold_true, preview, price, rate, subscribe, turn

DECLINES = "4000000000000341"


def adjust(shopper: Shopper, amount: int) -> None:
    shopper.v1.customers.balance_transactions.create(shopper.id, {"amount": amount, "currency": "usd"})


def balance(shopper: Shopper) -> int | None:
    return shopper.v1.customers.retrieve(shopper.id).balance


def movements(shopper: Shopper) -> list[tuple[str, int]]:
    found = shopper.v1.customers.balance_transactions.list(shopper.id).data
    return [(one.type, one.amount) for one in found[::-1]]


@pytest.mark.parametrize(
    ("before", "due", "after", "type_"),
    [
        (-3_000, 9_000, 0, "applied_to_invoice"),
        (-20_000, 0, -8_000, "applied_to_invoice"),
        (500, 12_500, 0, "applied_to_invoice"),
        (-11_980, 0, 20, "invoice_too_small"),
    ],
)
def test_the_balance_is_applied_after_tax_when_an_invoice_is_finalized(
    shopper: Shopper, before: int, due: int, after: int, type_: str
) -> None:
    one = subscribe(shopper, 10_000, default_tax_rates=[rate(shopper, 20)])
    adjust(shopper, before)
    seen = preview(shopper, one)
    assert (seen.amount_due, seen.starting_balance, seen.ending_balance) == (due, before, None)
    invoice = turn(shopper, one)
    assert (invoice.amount_due, invoice.starting_balance, invoice.ending_balance) == (due, before, after)
    assert (invoice.status, balance(shopper)) == ("paid", after)
    assert movements(shopper) == [("adjustment", before), (type_, after - before)]
    hold_true(invoice)


def test_a_voided_invoice_gives_the_credit_back_that_it_used(shopper: Shopper) -> None:
    one = subscribe(shopper, 1_000)
    adjust(shopper, -2_000)
    card = shopper.saved(DECLINES)
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})
    items: Any = [{"id": one["items"]["data"][0]["id"], "price": price(shopper, 9_000)}]
    waiting: Any = shopper.v1.subscriptions.update(
        one.id,
        {
            "items": items,
            "proration_behavior": "always_invoice",
            "payment_behavior": "pending_if_incomplete",
            "expand": ["latest_invoice"],
        },
    )
    assert (waiting.latest_invoice.status, balance(shopper)) == ("open", 0)
    shopper.v1.invoices.mark_uncollectible(waiting.latest_invoice.id)
    assert balance(shopper) == 0
    shopper.v1.invoices.void_invoice(waiting.latest_invoice.id)
    assert balance(shopper) == -2_000
    assert movements(shopper)[-1] == ("unapplied_from_invoice", -2_000)


def test_a_balance_that_is_set_is_moved_by_an_adjustment(shopper: Shopper) -> None:
    shopper.v1.customers.update(shopper.id, {"balance": -700})
    shopper.v1.customers.update(shopper.id, {"balance": -200})
    assert movements(shopper) == [("adjustment", -700), ("adjustment", 500)]


def test_a_single_invoice_uses_the_balance_too(shopper: Shopper) -> None:
    adjust(shopper, -300)
    invoice = shopper.v1.invoices.create({"customer": shopper.id, "default_tax_rates": [rate(shopper, 10)]})
    shopper.v1.invoice_items.create({"customer": shopper.id, "invoice": invoice.id, "amount": 1_000})
    made = shopper.v1.invoices.finalize_invoice(invoice.id)
    assert (made.total, made.amount_due, made.ending_balance) == (1_100, 800, 0)
    hold_true(made)
