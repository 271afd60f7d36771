"""Payments that failed are tried again, until they succeed or the subscription is canceled."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.resources.billing import invoices, subscriptions
from stripe_sandbox.resources.customers import customers
from stripe_sandbox.resources.payments import answers
from stripe_sandbox.tests.support.stage import Stage, at

DECLINES, PAYS, ASKS, LOST = "4000000000000341", "4242424242424242", "4000002760003184", "4000000000009987"


@pytest.fixture
def renewing(stage: Stage) -> dict[str, Any]:
    """A subscription that is paid until 28 February, and whose card will decline then."""
    stage.use(PAYS)
    one = stage.subscribe(4900)
    stage.use(DECLINES)
    return one


def tried(day: str) -> int:
    """When an invoice is tried again that was drafted at noon, and first charged an hour later."""
    return at(day, hour=13)


def newest(stage: Stage) -> dict[str, Any]:
    return stage.invoices()[-1]


def test_a_payment_is_tried_again_after_three_five_and_seven_days(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    seen = []
    for day in ("2027-02-28", "2027-03-03", "2027-03-08"):
        stage.charge_on(day)
        seen.append((newest(stage)["attempt_count"], newest(stage)["next_payment_attempt"]))
    assert seen == [(1, tried("2027-03-03")), (2, tried("2027-03-08")), (3, tried("2027-03-15"))]
    assert stage.now(renewing)["status"] == "past_due"
    assert stage.events().count("invoice.payment_failed") == 3


def test_the_event_of_a_failure_says_when_the_next_attempt_is(stage: Stage, renewing: dict[str, Any]) -> None:
    stage.charge_on("2027-02-28")
    told = next(one for one in stage.sandbox.store.newest("event") if one["type"] == "invoice.payment_failed")
    assert told["data"]["object"]["next_payment_attempt"] == tried("2027-03-03")


def test_after_the_last_attempt_the_subscription_is_canceled_and_its_invoice_stays_open(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    stage.charge_on("2027-04-01")
    after = stage.now(renewing)
    assert (after["status"], after["ended_at"]) == ("canceled", tried("2027-03-15"))
    assert after["cancellation_details"]["reason"] == "payment_failed"
    invoice = newest(stage)
    assert (invoice["status"], invoice["attempt_count"], invoice["next_payment_attempt"]) == ("open", 4, None)
    assert invoice["auto_advance"] is False
    assert stage.events()[-2:] == ["customer.subscription.deleted", "invoice.updated"]


def test_an_invoice_of_a_subscription_that_has_ended_is_paid_without_bringing_it_back(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    stage.charge_on("2027-04-01")
    stage.use(PAYS)
    assert stage.do(invoices.pay, newest(stage)["id"])["status"] == "paid"
    assert stage.now(renewing)["status"] == "canceled"


def test_a_new_card_pays_at_the_next_attempt(stage: Stage, renewing: dict[str, Any]) -> None:
    stage.charge_on("2027-02-28")
    stage.use(PAYS)
    stage.charge_on("2027-03-03")
    assert stage.now(renewing)["status"] == "active"
    assert (newest(stage)["status"], newest(stage)["next_payment_attempt"]) == ("paid", None)
    assert stage.events()[-3:] == [
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    stage.charge_on("2027-03-30")
    assert len(stage.invoices()) == 2


def test_paying_by_hand_makes_the_subscription_active_and_ends_the_attempts(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    stage.charge_on("2027-02-28")
    stage.use(PAYS)
    stage.do(invoices.pay, newest(stage)["id"])
    assert stage.now(renewing)["status"] == "active"
    assert stage.charge_on("2027-03-20") == 0


def test_an_attempt_by_hand_does_not_change_the_schedule(stage: Stage, renewing: dict[str, Any]) -> None:
    stage.charge_on("2027-02-28")
    stage.set_clock(at("2027-03-01"))
    stage.do(invoices.pay, newest(stage)["id"])
    invoice = newest(stage)
    assert (invoice["attempt_count"], invoice["next_payment_attempt"]) == (1, tried("2027-03-03"))


def test_a_payment_that_its_owner_has_to_confirm_waits_for_them(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    stage.use(ASKS)
    stage.charge_on("2027-02-28")
    assert stage.events()[-3:] == [
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "customer.subscription.updated",
    ]
    intent = stage.sandbox.store.all("payment_intent", {"status": "requires_action"})[0]
    stage.do(lambda call: answers.answer(call, intent["id"], intent["client_secret"], "complete"))
    assert (stage.now(renewing)["status"], newest(stage)["status"]) == ("active", "paid")


def test_a_card_whose_bank_forbids_it_is_counted_and_not_charged_again(
    stage: Stage, renewing: dict[str, Any]
) -> None:
    card = stage.do(customers.retrieve, stage.customer["id"])["invoice_settings"]["default_payment_method"]
    stage.sandbox.store.mark(card, number=LOST)
    stage.charge_on("2027-03-03")
    assert newest(stage)["attempt_count"] == 2
    assert stage.events().count("charge.failed") == 1
    stage.use(PAYS)
    stage.charge_on("2027-03-08")
    assert stage.now(renewing)["status"] == "active"


def test_who_cancels_is_not_charged_for_what_is_open(stage: Stage, renewing: dict[str, Any]) -> None:
    stage.charge_on("2027-02-28")
    stage.do(subscriptions.cancel, renewing["id"])
    stage.use(PAYS)
    stage.charge_on("2027-04-01")
    assert (newest(stage)["status"], newest(stage)["next_payment_attempt"]) == ("open", None)


def test_a_later_invoice_that_is_paid_makes_the_subscription_active(stage: Stage) -> None:
    stage.use(PAYS)
    one = stage.subscribe(700, interval="day")
    stage.use(DECLINES)
    stage.charge_on("2027-02-01")
    stage.use(PAYS)
    stage.charge_on("2027-02-02")
    assert stage.now(one)["status"] == "active"
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "open", "paid"]
