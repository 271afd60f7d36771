"""What the tests of sums share: a plan with a payer, what is given to them, and what every invoice must hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import stripe

from stripe_sandbox.tests.support.shopper import Shopper

GOOD = "4242424242424242"


def price(shopper: Shopper, amount: int, interval: Any = "month") -> str:
    wanted: Any = {
        "currency": "usd",
        "unit_amount": amount,
        "recurring": {"interval": interval},
        "product_data": {"name": f"Plan {amount}"},
    }
    return shopper.v1.prices.create(wanted).id


def subscribe(shopper: Shopper, amount: int, *, quantity: int = 1, **params: Any) -> Any:
    """A subscription that a good card pays; its newest invoice is there as `latest_invoice`."""
    card = shopper.saved(GOOD)
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})
    items = [{"price": price(shopper, amount), "quantity": quantity}]
    wanted: Any = {"customer": shopper.id, "items": items, "expand": ["latest_invoice"], **params}
    return shopper.v1.subscriptions.create(wanted)


def coupon(shopper: Shopper, **terms: Any) -> str:
    wanted: Any = {"duration": "forever", **terms}
    return shopper.v1.coupons.create(wanted).id


def rate(shopper: Shopper, percentage: float, *, inclusive: bool = False) -> str:
    wanted: Any = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
    return shopper.v1.tax_rates.create(wanted).id


def preview(shopper: Shopper, one: Any, **details: Any) -> Any:
    """What a change is previewed to cost; without one, the next invoice."""
    wanted: Any = {"subscription": one.id, **({"subscription_details": details} if details else {})}
    return shopper.v1.invoices.create_preview(wanted)


def turn(shopper: Shopper, one: Any) -> Any:
    """Let the paid period end, and the hour in which the invoice of the next one is a draft; that invoice."""
    end = one["items"]["data"][0]["current_period_end"]
    shopper.process.control.move_to(shopper.id, datetime.fromtimestamp(end + 3601, UTC))
    again: Any = shopper.v1.subscriptions.retrieve(one.id, {"expand": ["latest_invoice"]})
    return again.latest_invoice


def give_customer(shopper: Shopper, coupon_id: str) -> None:
    """Give a customer a discount, as the dashboard does."""
    shopper.process.control.discount_customer(shopper.id, coupon_id)


def hold_true(invoice: stripe.Invoice | Any) -> None:
    """What an invoice says of its parts adds up to what it asks for."""
    lines = invoice.lines.data
    off = sum(one.amount for one in invoice.total_discount_amounts)
    by_kind = {"exclusive": 0, "inclusive": 0}
    for tax in invoice.total_taxes:
        by_kind[tax.tax_behavior] += tax.amount
    assert invoice.subtotal == sum(line.amount for line in lines)
    assert off == sum(one.amount for line in lines for one in line.discount_amounts or [])
    assert sum(by_kind.values()) == sum(tax.amount for line in lines for tax in line.taxes)
    assert invoice.total == invoice.subtotal - off + by_kind["exclusive"]
    assert invoice.total_excluding_tax == invoice.total - sum(by_kind.values())
    due = max(0, invoice.total + invoice.starting_balance)
    assert invoice.amount_due == (due if due >= 50 else 0)
    if invoice.ending_balance is not None:
        assert invoice.ending_balance == invoice.starting_balance + invoice.total - invoice.amount_due
