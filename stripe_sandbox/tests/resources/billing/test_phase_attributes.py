"""What a phase leaves out is unset: of the current one when its schedule is updated, of a later one when it begins."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import coupons, subscription_schedules, subscriptions, tax_rates
from stripe_sandbox.resources.customers import customers
from stripe_sandbox.resources.payments import payment_methods
from stripe_sandbox.tests.support.schedules import a_price
from stripe_sandbox.tests.support.stage import Stage, at

TURNED = "2027-03-01"
MIDDLE = at("2027-02-14")


def a_card(stage: Stage) -> str:
    card = {"number": "5555555555554444", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    method = stage.do(payment_methods.create, type="card", card=card)["id"]
    stage.do(payment_methods.attach, method, customer=stage.customer["id"])
    return str(method)


def a_rate(stage: Stage) -> str:
    made = stage.do(tax_rates.create, display_name="VAT", percentage=19.0, inclusive=False)
    return str(made["id"])


def taxed(stage: Stage) -> dict[str, Any]:
    stage.do(customers.update, stage.customer["id"], address={"country": "DE"})
    return {"automatic_tax": {"enabled": True}}


def discounted(stage: Stage) -> dict[str, Any]:
    coupon = stage.do(coupons.create, percent_off=25.0, duration="forever")["id"]
    return {"discounts": [{"coupon": coupon}]}


SET = {
    "automatic_tax": taxed,
    "default_payment_method": lambda stage: {"default_payment_method": a_card(stage)},
    "default_tax_rates": lambda stage: {"default_tax_rates": [a_rate(stage)]},
    "description": lambda _: {"description": "Two seats, by agreement"},
    "discounts": discounted,
    "invoice_settings": lambda _: {"invoice_settings": {"footer": "Order 17"}},
}
UNSET: dict[str, Any] = {"default_tax_rates": [], "discounts": []}


def with_attributes(stage: Stage) -> dict[str, Any]:
    """A subscription to two, with everything set that a phase can say, but for what excludes the rest."""
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    for name, given in SET.items():
        if name != "automatic_tax":
            stage.do(subscriptions.update, one["id"], **given(stage))
    item = one["items"]["data"][0]
    items = [{"id": item["id"], "quantity": 2, "tax_rates": [a_rate(stage)]}]
    stage.do(subscriptions.update, one["id"], items=items, proration_behavior="none")
    return stage.now(one)


def scheduled(stage: Stage, one: dict[str, Any]) -> dict[str, Any]:
    return stage.do(subscription_schedules.create, from_subscription=one["id"])


def echo(phase: dict[str, Any]) -> dict[str, Any]:
    """All of a phase, as its parameters say it."""
    items = [
        {
            "price": one["price"],
            "quantity": one["quantity"],
            "tax_rates": [rate["id"] for rate in one["tax_rates"]],
        }
        for one in phase["items"]
    ]
    settings = phase["invoice_settings"] or {}
    return {
        "items": items,
        "default_payment_method": phase["default_payment_method"],
        "default_tax_rates": [rate["id"] for rate in phase["default_tax_rates"]],
        "description": phase["description"],
        "discounts": [{"discount": each["discount"]} for each in phase["discounts"]],
        "invoice_settings": {name: value for name, value in settings.items() if value and name != "issuer"},
    }


def update(stage: Stage, schedule: dict[str, Any], *phases: dict[str, Any], **params: Any) -> dict[str, Any]:
    current = schedule["phases"][0]
    dates = {name: current[name] for name in ("start_date", "end_date")}
    first, *later = phases
    return stage.do(subscription_schedules.update, schedule["id"], phases=[first | dates, *later], **params)


def attributes(one: dict[str, Any]) -> dict[str, Any]:
    item = one["items"]["data"][0]
    own = {"quantity": item["quantity"], "tax_rates": item["tax_rates"]}
    return {name: one[name] for name in SET} | own


@pytest.mark.parametrize("name", list(SET))
@pytest.mark.parametrize("phase", ["current", "next"])
def test_what_is_left_out_is_unset(stage: Stage, name: str, phase: str) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    before = one[name]
    one = stage.do(subscriptions.update, one["id"], **SET[name](stage))
    assert one[name] != before
    schedule = scheduled(stage, one)
    bare = {"items": [{"price": one["items"]["data"][0]["price"]["id"]}]}
    if phase == "current":
        update(stage, schedule, bare)
    else:
        stage.move_to(TURNED)
        assert stage.now(one)[name] == one[name], "A schedule that no one changed changes nothing."
        one = stage.now(one)
        stage.do(subscription_schedules.release, schedule["id"]) if one["schedule"] else None
        later = scheduled(stage, one)
        said = {"automatic_tax": {"enabled": True}} if name == "automatic_tax" else {}
        update(stage, later, echo(later["phases"][0]) | said, bare)
        assert stage.now(one)[name] == one[name]
        stage.move_to("2027-04-01")
    assert stage.now(one)[name] == UNSET.get(name, before)


def test_what_is_said_is_kept_in_both_phases(stage: Stage) -> None:
    one = with_attributes(stage)
    schedule = scheduled(stage, one)
    said = echo(schedule["phases"][0])
    cheaper = said | {"items": [said["items"][0] | {"price": a_price(stage, 5_000)}]}
    update(stage, schedule, said, cheaper | {"proration_behavior": "none"})
    assert attributes(stage.now(one)) == attributes(one)
    stage.move_to(TURNED)
    assert attributes(stage.now(one)) == attributes(one)
    newest = stage.invoices()[-1]
    assert (newest["subtotal"], newest["footer"]) == (10_000, "Order 17")
    assert newest["total"] == round(7_500 * 1.19)


@pytest.mark.parametrize(
    ("behavior", "waits", "invoiced"),
    [("create_prorations", [-4_950, 9_900], []), ("always_invoice", [], [-4_950, 9_900]), ("none", [], [])],
)
def test_another_quantity_of_the_current_phase_is_the_subscriptions(
    stage: Stage, behavior: str, waits: list[int], invoiced: list[int]
) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    stage.set_clock(MIDDLE)
    schedule = scheduled(stage, one)
    items = [{"price": one["items"]["data"][0]["price"]["id"], "quantity": 2}]
    update(stage, schedule, {"items": items}, proration_behavior=behavior)
    assert stage.now(one)["items"]["data"][0]["quantity"] == 2
    assert [line["amount"] for line in stage.invoices()[-1]["lines"]["data"]] == invoiced or [9_900]
    stage.move_to(TURNED)
    assert [line["amount"] for line in stage.invoices()[-1]["lines"]["data"]] == [*waits, 19_800]


def test_a_discount_that_was_used_up_is_not_given_again(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    coupon = stage.do(coupons.create, percent_off=50.0, duration="once")["id"]
    one = stage.do(subscriptions.update, one["id"], discounts=[{"coupon": coupon}])
    schedule = scheduled(stage, one)
    said = echo(schedule["phases"][0])
    update(stage, schedule, said, said | {"proration_behavior": "none"})
    stage.move_to("2027-05-01")
    assert [invoice["total"] for invoice in stage.invoices()] == [9_900, 4_950, 9_900, 9_900]


def test_phases_name_discounts_that_are_there(stage: Stage) -> None:
    one = stage.subscribe(0)
    schedule = scheduled(stage, one)
    said = echo(schedule["phases"][0])
    with pytest.raises(ApiError, match="No such discount"):
        update(stage, schedule, said | {"discounts": [{"discount": "di_of_no_one"}]})
    with pytest.raises(ApiError, match="existing discounts"):
        update(stage, schedule, said | {"discounts": [{"coupon": "any"}]})
    with pytest.raises(ApiError, match="automatic or phase_start"):
        update(stage, schedule, said, said | {"billing_cycle_anchor": "now"})
