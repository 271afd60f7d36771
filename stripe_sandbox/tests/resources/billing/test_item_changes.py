"""Where the stand-in's billing cycle stands: it moves when a change says so, and never by itself."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import invoices, previews, subscription_schedules, subscriptions
from stripe_sandbox.resources.billing.periods import period_at
from stripe_sandbox.resources.billing.proration_amounts import share
from stripe_sandbox.tests.support.schedules import a_price, plan
from stripe_sandbox.tests.support.stage import Stage, at

NOW = {"type": "now"}
BEGAN, TURNED = at("2027-01-31"), at("2027-02-28")

BEFORE_AND_AFTER = [
    (9_900, "month", 25_000, "month"),
    (9_900, "month", 99_000, "year"),
    (0, "month", 9_900, "month"),
]
BEFORE_AND_AFTER += [
    (0, "month", 99_000, "year"),
    (99_000, "year", 9_900, "month"),
    (9_900, "month", 700, "week"),
]


def change(stage: Stage, one: dict[str, Any], price: str, **params: Any) -> dict[str, Any]:
    items = [{"id": one["items"]["data"][0]["id"], "price": price}]
    return stage.do(subscriptions.update, one["id"], items=items, **params)


def preview(stage: Stage, one: dict[str, Any], price: str, **params: Any) -> dict[str, Any]:
    items = [{"id": one["items"]["data"][0]["id"], "price": price}]
    return stage.do(
        previews.create_preview, subscription=one["id"], subscription_details={"items": items, **params}
    )


def period(one: dict[str, Any]) -> tuple[int, int]:
    item = one["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def amounts(invoice: dict[str, Any]) -> list[int]:
    return [line["amount"] for line in invoice["lines"]["data"]]


def newest(stage: Stage, one: dict[str, Any]) -> dict[str, Any]:
    return stage.do(invoices.retrieve, stage.now(one)["latest_invoice"])


@pytest.mark.parametrize(("was", "by", "becomes", "then_by"), BEFORE_AND_AFTER)
def test_without_an_anchor_it_stays_and_the_rest_of_the_anchored_period_is_charged(
    stage: Stage, was: int, by: str, becomes: int, then_by: str
) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(was, by)
    stage.move_to("2027-02-10")
    price, moment = a_price(stage, becomes, then_by), at("2027-02-10")
    seen = preview(stage, one, price, proration_behavior="always_invoice", proration_date=moment)
    after = change(stage, one, price, proration_behavior="always_invoice", proration_date=moment)
    length = {"interval": then_by, "interval_count": 1}
    assert after["billing_cycle_anchor"] == BEGAN
    assert period(after) == period_at(BEGAN, length, moment)
    credit = [-share(was, *period(one), moment)] if was else []
    assert amounts(newest(stage, one)) == [*credit, share(becomes, *period(after), moment)] == amounts(seen)


@pytest.mark.parametrize(("was", "by", "becomes", "then_by"), BEFORE_AND_AFTER)
@pytest.mark.parametrize("behavior", ["always_invoice", "create_prorations", "none"])
def test_anchored_now_a_whole_period_begins_and_is_charged_immediately(
    stage: Stage, was: int, by: str, becomes: int, then_by: str, behavior: str
) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(was, by)
    stage.move_to("2027-02-10")
    price, moment = a_price(stage, becomes, then_by), at("2027-02-10")
    seen = preview(stage, one, price, proration_behavior=behavior, billing_cycle_anchor=NOW)
    after = change(stage, one, price, proration_behavior=behavior, billing_cycle_anchor=NOW)
    assert after["billing_cycle_anchor"] == moment
    assert period(after) == period_at(moment, {"interval": then_by, "interval_count": 1}, moment)
    credit = [-share(was, *period(one), moment)] if was and behavior != "none" else []
    assert amounts(newest(stage, one)) == [*credit, becomes] == amounts(seen)
    assert newest(stage, one)["billing_reason"] == "subscription_update"


def test_the_cycle_is_reset_without_another_price_too(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    stage.move_to("2027-02-10")
    after = stage.do(subscriptions.update, one["id"], billing_cycle_anchor=NOW)
    assert period(after) == (at("2027-02-10"), at("2027-03-10"))
    assert len(amounts(newest(stage, one))) == 2


def test_no_date_goes_with_a_reset(stage: Stage) -> None:
    one = stage.subscribe(0)
    params = {"billing_cycle_anchor": NOW, "proration_date": at("2027-02-01")}
    with pytest.raises(ApiError, match="proration_date"):
        change(stage, one, a_price(stage, 100), **params)
    with pytest.raises(ApiError, match="proration_date"):
        preview(stage, one, a_price(stage, 100), **params)
    with pytest.raises(ApiError, match="`now` or `unchanged`"):
        change(stage, one, a_price(stage, 100), billing_cycle_anchor={"type": "timestamp"})


def test_what_waited_is_on_the_invoice_of_a_reset(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    change(stage, one, a_price(stage, 19_900))
    price = a_price(stage, 99_000, "year")
    seen = preview(stage, one, price, proration_behavior="always_invoice", billing_cycle_anchor=NOW)
    change(stage, one, price, proration_behavior="always_invoice", billing_cycle_anchor=NOW)
    assert amounts(newest(stage, one)) == [-9_900, 19_900, -19_900, 99_000] == amounts(seen)
    stage.move_to("2028-02-01")
    assert amounts(stage.invoices()[-1]) == [99_000]


def test_a_phase_with_another_interval_is_not_charged_where_its_period_began_before(stage: Stage) -> None:
    """A month after the anchor a year that is counted from it has eleven months to go: no one pays for those."""
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    plan(stage, one, a_price(stage, 25_000, "year"))
    stage.move_to("2027-03-01")
    after = stage.now(one)
    assert (after["billing_cycle_anchor"], period(after)) == (BEGAN, (BEGAN, at("2028-01-31")))
    assert [invoice["total"] for invoice in stage.invoices()] == [9_900]
    stage.move_to("2028-02-01")
    assert [invoice["total"] for invoice in stage.invoices()] == [9_900, 25_000]


def test_a_phase_that_is_anchored_at_its_start_is_charged_for_all_of_its_period(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    schedule = plan(stage, one, a_price(stage, 25_000, "year"), billing_cycle_anchor="phase_start")
    assert schedule["phases"][1]["end_date"] == at("2028-02-28")
    seen = stage.do(previews.create_preview, subscription=one["id"])
    stage.move_to("2027-03-01")
    after = stage.now(one)
    assert (after["billing_cycle_anchor"], period(after)) == (TURNED, (TURNED, at("2028-02-28")))
    assert amounts(newest(stage, one)) == [25_000] == amounts(seen)


@pytest.mark.parametrize("behavior", ["always_invoice", "create_prorations", "none"])
def test_a_phase_in_the_middle_of_a_period_is_prorated_as_it_says(stage: Stage, behavior: str) -> None:
    stage.use("4242424242424242")
    one, middle = stage.subscribe(9_900), at("2027-02-14")
    schedule = stage.do(subscription_schedules.create, from_subscription=one["id"])["id"]
    price = one["items"]["data"][0]["price"]["id"]
    phases = [
        {"items": [{"price": price}], "start_date": BEGAN, "end_date": middle},
        {"items": [{"price": a_price(stage, 19_900)}], "proration_behavior": behavior},
    ]
    stage.do(subscription_schedules.update, schedule, phases=phases)
    stage.move_to("2027-02-15")
    assert period(stage.now(one)) == (BEGAN, TURNED)
    stage.move_to("2027-03-01")
    change_ = [-share(9_900, BEGAN, TURNED, middle), share(19_900, BEGAN, TURNED, middle)]
    expected = {
        "always_invoice": [[9_900], change_, [19_900]],
        "create_prorations": [[9_900], [*change_, 19_900]],
        "none": [[9_900], [19_900]],
    }
    assert [amounts(invoice) for invoice in stage.invoices()] == expected[behavior]


def test_items_of_two_lengths_turn_each_at_its_own_time(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(99_000, "year")
    items = [{"price": a_price(stage, 700)}]
    stage.do(subscriptions.update, one["id"], items=items, proration_behavior="always_invoice")
    stage.move_to("2027-03-01")
    assert [amounts(invoice) for invoice in stage.invoices()] == [[99_000], [700], [700]]
    stage.move_to("2028-02-01")
    assert sorted(amounts(stage.invoices()[-1])) == [700, 99_000]
