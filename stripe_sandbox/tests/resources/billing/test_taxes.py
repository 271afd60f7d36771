"""Tax rates and automatic tax on invoices and previews, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.sums import coupon, hold_true, preview, price, rate, subscribe, turn

GERMAN: Any = {"country": "DE"}


@pytest.mark.parametrize(
    ("rates", "total", "tax"),
    [
        ([(19.0, False)], 11_900, 1_900),
        ([(19.0, True)], 10_000, 1_597),
        ([(8.25, False), (1.5, False)], 10_975, 975),
        ([(8.333, False)], 10_833, 833),
        ([(10.0, True), (5.0, False)], 10_455, 1_364),
        ([(0.0, False)], 10_000, 0),
    ],
)
def test_rates_come_on_top_or_are_in_the_price(
    shopper: Shopper, rates: list[tuple[float, bool]], total: int, tax: int
) -> None:
    chosen = [rate(shopper, percentage, inclusive=included) for percentage, included in rates]
    one = subscribe(shopper, 10_000, default_tax_rates=chosen)
    invoice = one.latest_invoice
    assert (invoice.total, sum(part.amount for part in invoice.total_taxes)) == (total, tax)
    assert invoice.amount_due == total == preview(shopper, one).total == turn(shopper, one).total
    hold_true(invoice)


def test_tax_is_on_what_discounts_leave(shopper: Shopper) -> None:
    one = subscribe(
        shopper,
        10_000,
        quantity=2,
        default_tax_rates=[rate(shopper, 20)],
        discounts=[{"coupon": coupon(shopper, percent_off=25)}],
    )
    invoice = one.latest_invoice
    assert (invoice.subtotal, invoice.total_taxes[0].taxable_amount, invoice.total) == (
        20_000,
        15_000,
        18_000,
    )
    hold_true(invoice)


def test_a_rate_of_the_item_takes_the_place_of_the_subscriptions(shopper: Shopper) -> None:
    one = subscribe(shopper, 10_000, default_tax_rates=[rate(shopper, 20)])
    item: Any = {"id": one["items"]["data"][0]["id"], "tax_rates": [rate(shopper, 5)]}
    shopper.v1.subscriptions.update(one.id, {"items": [item]})
    assert turn(shopper, one).total == 10_500


def test_a_switch_credits_the_tax_that_was_paid(shopper: Shopper) -> None:
    one = subscribe(shopper, 10_000, default_tax_rates=[rate(shopper, 20)])
    shopper.v1.subscriptions.update(one.id, {"default_tax_rates": [rate(shopper, 10)]})
    item = one["items"]["data"][0]
    start, end = item["current_period_start"], item["current_period_end"]
    details: Any = {
        "items": [{"id": item["id"], "price": price(shopper, 30_000)}],
        "proration_behavior": "always_invoice",
        "proration_date": start + (end - start) // 2,
    }
    seen = preview(shopper, one, **details)
    assert [line.amount for line in seen.lines.data] == [-5_000, 15_000]
    assert [tax.amount for line in seen.lines.data for tax in line.taxes] == [-1_000, 1_500]
    assert seen.total == 10_500
    hold_true(seen)


@pytest.mark.parametrize(
    ("address", "total", "reason"),
    [
        ({"country": "DE"}, 11_900, "standard_rated"),
        ({"country": "US", "postal_code": "94107"}, 10_825, "standard_rated"),
        ({"country": "BR"}, 10_000, None),
    ],
)
def test_automatic_tax_is_of_where_the_customer_is(
    shopper: Shopper, address: Any, total: int, reason: str | None
) -> None:
    shopper.v1.customers.update(shopper.id, {"address": address})
    one = subscribe(shopper, 10_000, automatic_tax={"enabled": True})
    invoice = one.latest_invoice
    assert (invoice.total, invoice.automatic_tax.status) == (total, "complete")
    assert [tax.taxability_reason for tax in invoice.total_taxes] == ([reason] if reason else [])
    hold_true(invoice)


@pytest.mark.parametrize("address", [None, {"country": "US"}, {"country": "CA"}])
def test_without_a_location_there_is_no_automatic_tax(shopper: Shopper, address: Any) -> None:
    shopper.v1.customers.update(shopper.id, {"address": address or ""})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shopper, 10_000, automatic_tax={"enabled": True})
    assert refused.value.error is not None and refused.value.error.code == "customer_tax_location_invalid"


def test_a_location_that_is_lost_is_said_by_the_preview_and_switches_tax_off(shopper: Shopper) -> None:
    shopper.v1.customers.update(shopper.id, {"address": GERMAN})
    one = subscribe(shopper, 10_000, automatic_tax={"enabled": True})
    shopper.v1.customers.update(shopper.id, {"address": ""})
    assert preview(shopper, one).automatic_tax.status == "requires_location_inputs"
    invoice = turn(shopper, one)
    assert (invoice.total, invoice.automatic_tax.enabled, invoice.status) == (10_000, False, "paid")
    assert invoice.automatic_tax.disabled_reason == "finalization_requires_location_inputs"


@pytest.mark.parametrize(("exempt", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_who_is_exempt_pays_no_tax_and_the_invoice_says_why(
    shopper: Shopper, exempt: Any, reason: str
) -> None:
    shopper.v1.customers.update(shopper.id, {"tax_exempt": exempt, "address": GERMAN})
    one = subscribe(shopper, 10_000, automatic_tax={"enabled": True})
    tax = one.latest_invoice.total_taxes[0]
    assert (one.latest_invoice.total, tax.amount, tax.taxability_reason) == (10_000, 0, reason)


def test_rates_by_hand_and_automatic_tax_exclude_each_other(shopper: Shopper) -> None:
    shopper.v1.customers.update(shopper.id, {"address": GERMAN})
    with pytest.raises(stripe.InvalidRequestError):
        subscribe(shopper, 100, automatic_tax={"enabled": True}, default_tax_rates=[rate(shopper, 19)])


def test_automatic_tax_cannot_wait_for_a_payment(shopper: Shopper) -> None:
    one = subscribe(shopper, 10_000)
    item: Any = {"id": one["items"]["data"][0]["id"], "price": price(shopper, 20_000)}
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.subscriptions.update(
            one.id,
            {
                "items": [item],
                "payment_behavior": "pending_if_incomplete",
                "automatic_tax": {"enabled": False},
            },
        )


@pytest.mark.parametrize("percentage", [-1, 100.5, 8.12345])
def test_a_rate_that_makes_no_sense_is_refused(shopper: Shopper, percentage: float) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        rate(shopper, percentage)
