"""What time does to subscriptions, by a test clock that is moved from one due moment to the next."""

from __future__ import annotations

from stripe_sandbox.resources.billing import subscriptions
from stripe_sandbox.tests.support.stage import Stage, at


def test_each_period_is_invoiced_when_it_begins(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(4900)
    assert stage.move_to("2027-04-01") == 4, "two drafts, and two charges an hour later"
    assert [invoice["created"] for invoice in stage.invoices()] == [
        at(day) for day in ("2027-01-31", "2027-02-28", "2027-03-31")
    ]
    assert {(invoice["status"], invoice["amount_paid"]) for invoice in stage.invoices()} == {("paid", 4900)}
    item = stage.now(one)["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (at("2027-03-31"), at("2027-04-30"))


def test_a_renewal_that_the_card_declines_leaves_the_subscription_past_due(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(4900)
    stage.use("4000000000000341")
    stage.charge_on("2027-02-28")
    assert stage.now(one)["status"] == "past_due"
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "open"]


def test_a_subscription_ends_with_its_period_without_another_invoice(stage: Stage) -> None:
    one = stage.subscribe(0)
    stage.move_to("2027-02-03")
    planned = stage.do(subscriptions.update, one["id"], cancel_at_period_end=True)
    assert (planned["canceled_at"], planned["cancel_at"]) == (at("2027-02-03"), at("2027-02-28"))
    stage.move_to("2027-03-31")
    after = stage.now(one)
    assert (after["status"], after["ended_at"], len(stage.invoices())) == ("canceled", at("2027-02-28"), 1)


def test_a_first_payment_is_waited_for_no_longer_than_a_day(stage: Stage) -> None:
    one = stage.subscribe(4900, payment_behavior="default_incomplete")
    stage.move_to("2027-02-01")
    assert stage.now(one)["status"] == "incomplete_expired"
    assert stage.invoices()[0]["status"] == "void"


def test_a_switch_waits_for_its_payment_for_23_hours(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(1000)
    stage.use("4000000000000341")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 5}]
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    waiting = stage.do(subscriptions.update, one["id"], items=items, **behavior)
    assert waiting["pending_update"]["expires_at"] == at("2027-01-31") + 23 * 3600
    assert stage.move_to("2027-02-01") == 1
    after = stage.now(one)
    assert (after["pending_update"], after["items"]["data"][0]["quantity"]) == (None, 1)
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "void"]


def test_a_switch_waits_no_longer_than_its_period_and_the_next_one_is_charged_as_if_it_was_never_asked_for(
    stage: Stage,
) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(280_000)
    stage.set_clock(at("2027-02-28") - 3_600)
    stage.use("4000000000000341")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 5}]
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    waiting = stage.do(subscriptions.update, one["id"], items=items, **behavior)
    assert waiting["pending_update"]["expires_at"] == at("2027-02-28")
    stage.use("4242424242424242")
    stage.move_to("2027-03-01")
    assert stage.now(one)["pending_update"] is None
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "void", "paid"]
    assert stage.invoices()[-1]["amount_due"] == 280_000


def test_what_a_change_left_open_is_on_the_next_invoice(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(2800)
    stage.move_to("2027-02-14")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 2}]
    stage.do(subscriptions.update, one["id"], items=items)
    stage.move_to("2027-03-01")
    assert [line["amount"] for line in stage.invoices()[-1]["lines"]["data"]] == [-1400, 2800, 5600]


def test_another_switch_takes_the_place_of_one_that_waits(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(1000)
    stage.use("4000000000000341")
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    for quantity in (5, 7):
        items = [{"id": one["items"]["data"][0]["id"], "quantity": quantity}]
        waiting = stage.do(subscriptions.update, one["id"], items=items, **behavior)
    assert waiting["pending_update"]["subscription_items"][0]["quantity"] == 7
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "void", "open"]
