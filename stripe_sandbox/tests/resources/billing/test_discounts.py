"""Coupons, promotion codes, and the discounts that come of them, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.sums import (
    coupon,
    give_customer,
    hold_true,
    preview,
    price,
    subscribe,
    turn,
)


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ([{"percent_off": 25}], 7_500),
        ([{"percent_off": 33.3}], 6_670),
        ([{"amount_off": 1_500, "currency": "usd"}], 8_500),
        ([{"amount_off": 20_000, "currency": "usd"}], 0),
        ([{"amount_off": 1_500, "currency": "eur"}], 10_000),
        ([{"percent_off": 10}, {"amount_off": 1_000, "currency": "usd"}], 8_000),
        ([{"amount_off": 1_000, "currency": "usd"}, {"percent_off": 10}], 8_100),
        ([{"percent_off": 100}, {"percent_off": 50}], 0),
    ],
)
def test_discounts_are_taken_off_one_after_the_other(
    shopper: Shopper, terms: list[dict[str, Any]], due: int
) -> None:
    wanted = [{"coupon": coupon(shopper, **one)} for one in terms]
    one = subscribe(shopper, 10_000, discounts=wanted)
    assert (one.latest_invoice.amount_due, one.latest_invoice.subtotal) == (due, 10_000)
    hold_true(one.latest_invoice)
    assert preview(shopper, one).amount_due == due == turn(shopper, one).amount_due


def test_a_discount_is_of_the_products_that_its_coupon_names(shopper: Shopper) -> None:
    other = shopper.v1.products.create({"name": "Other"}).id
    one = subscribe(shopper, 10_000)
    own = one["items"]["data"][0]["price"]["product"]
    for product, due in ((other, 10_000), (own, 5_000)):
        named = coupon(shopper, percent_off=50, applies_to={"products": [product]})
        shopper.v1.subscriptions.update(one.id, {"discounts": [{"coupon": named}]})
        assert preview(shopper, one).amount_due == due


def test_what_is_given_once_is_used_up_by_the_first_invoice(shopper: Shopper) -> None:
    one = subscribe(shopper, 10_000, discounts=[{"coupon": coupon(shopper, percent_off=50, duration="once")}])
    assert one.latest_invoice.amount_due == 5_000
    assert shopper.v1.subscriptions.retrieve(one.id).discounts == []
    assert preview(shopper, one).amount_due == 10_000 == turn(shopper, one).amount_due


def test_a_repeating_discount_is_on_the_invoices_of_its_months(shopper: Shopper) -> None:
    months = coupon(shopper, percent_off=50, duration="repeating", duration_in_months=2)
    one = subscribe(shopper, 10_000, discounts=[{"coupon": months}])
    due = [one.latest_invoice.amount_due]
    for _ in range(3):
        due.append(turn(shopper, shopper.v1.subscriptions.retrieve(one.id)).amount_due)
    assert due == [5_000, 5_000, 10_000, 10_000]
    assert shopper.v1.subscriptions.retrieve(one.id).discounts == []
    assert shopper.events().count("customer.discount.deleted") == 1


def test_a_subscriptions_own_discounts_win_over_its_customers(shopper: Shopper) -> None:
    one = subscribe(shopper, 10_000)
    give_customer(shopper, coupon(shopper, percent_off=10))
    assert preview(shopper, one).amount_due == 9_000
    shopper.v1.subscriptions.update(one.id, {"discounts": [{"coupon": coupon(shopper, percent_off=20)}]})
    assert preview(shopper, one).amount_due == 8_000
    shopper.v1.subscriptions.update(one.id, {"discounts": ""})
    assert preview(shopper, one).amount_due == 9_000
    shopper.v1.customers.delete_discount(shopper.id)
    assert preview(shopper, one).amount_due == 10_000


def test_discounts_are_read_with_their_coupon_and_code(shopper: Shopper) -> None:
    half = coupon(shopper, percent_off=50, name="Spring")
    code: Any = {"promotion": {"type": "coupon", "coupon": half}, "code": "SPRING50"}
    made = shopper.v1.promotion_codes.create(code)
    one = subscribe(shopper, 10_000, discounts=[{"promotion_code": made.id}])
    found: Any = shopper.v1.subscriptions.retrieve(
        one.id, {"expand": ["discounts.source.coupon", "discounts.promotion_code"]}
    )
    discount = found.discounts[0]
    assert (discount.source.coupon.name, discount.promotion_code.code) == ("Spring", "SPRING50")
    assert shopper.v1.coupons.retrieve(half).times_redeemed == 1
    assert shopper.v1.promotion_codes.retrieve(made.id).times_redeemed == 1


def test_a_deleted_coupon_goes_on_where_it_was_redeemed(shopper: Shopper) -> None:
    half = coupon(shopper, percent_off=50)
    one = subscribe(shopper, 10_000, discounts=[{"coupon": half}])
    shopper.v1.coupons.delete(half)
    assert turn(shopper, one).amount_due == 5_000
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.subscriptions.update(one.id, {"discounts": [{"coupon": half}]})


def test_codes_are_redeemed_by_their_rules_alone(shopper: Shopper) -> None:
    one, other = subscribe(shopper, 10_000), shopper.v1.customers.create({}).id
    half = coupon(shopper, percent_off=50)
    rules: list[Any] = [
        {"active": False},
        {"expires_at": 1},
        {"customer": other},
        {"restrictions": {"minimum_amount": 10_001, "minimum_amount_currency": "usd"}},
        {"restrictions": {"first_time_transaction": True}},
    ]
    for rule in rules:
        promotion: Any = {"promotion": {"type": "coupon", "coupon": half}, **rule}
        code = shopper.v1.promotion_codes.create(promotion).id
        with pytest.raises(stripe.InvalidRequestError):
            shopper.v1.subscriptions.update(one.id, {"discounts": [{"promotion_code": code}]})
    assert preview(shopper, one).amount_due == 10_000


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"percent_off": 10, "amount_off": 100, "currency": "usd"},
        {"percent_off": 0},
        {"percent_off": 100.5},
        {"amount_off": 100},
        {"percent_off": 10, "duration": "repeating"},
        {"percent_off": 10, "duration": "once", "duration_in_months": 3},
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(shopper: Shopper, terms: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.coupons.create({"duration": "forever", **terms})


def test_a_switch_credits_what_was_paid_and_not_the_price(shopper: Shopper) -> None:
    """In the period in which half was taken off once, half is credited, and the new plan is charged in full."""
    half = coupon(shopper, percent_off=50, duration="once")
    one = subscribe(shopper, 10_000, discounts=[{"coupon": half}])
    item = one["items"]["data"][0]
    start, end = item["current_period_start"], item["current_period_end"]
    middle = start + (end - start) // 2
    details: Any = {
        "items": [{"id": item["id"], "price": price(shopper, 30_000)}],
        "proration_behavior": "always_invoice",
        "proration_date": middle,
    }
    seen = preview(shopper, one, **details)
    assert [line.amount for line in seen.lines.data] == [-2_500, 15_000]
    credited = seen.lines.data[0].parent.subscription_item_details.proration_details.credited_items
    assert credited.invoice == one.latest_invoice.id
    hold_true(seen)


def test_prorations_have_their_discounts_in_them(shopper: Shopper) -> None:
    off = coupon(shopper, percent_off=10)
    one = subscribe(shopper, 10_000, discounts=[{"coupon": off}])
    item = one["items"]["data"][0]
    start, end = item["current_period_start"], item["current_period_end"]
    details: Any = {
        "items": [{"id": item["id"], "price": price(shopper, 30_000)}],
        "proration_behavior": "always_invoice",
        "proration_date": start + (end - start) // 2,
    }
    seen = preview(shopper, one, **details)
    assert [line.amount for line in seen.lines.data] == [-4_500, 13_500]
    assert [one.amount for line in seen.lines.data for one in line.discount_amounts] == [0, 0]
    assert [one.amount for one in seen.total_discount_amounts] == [0]
    hold_true(seen)
