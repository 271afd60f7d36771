"""The controls that tests and demos pull."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

from stripe_sandbox.control_client import Flushed
from stripe_sandbox.testing import Process, running
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper

CREATE = "POST /v1/payment_intents"


@pytest.mark.parametrize(
    ("path", "json"),
    [
        ("faults", {"kind": "429"}),
        ("faults", {"operation": CREATE, "kind": "429", "often": 2}),
        ("faults", {"operation": 5, "kind": "429"}),
        ("faults", {"operation": "everything", "kind": "429"}),
        ("faults", {"operation": CREATE, "kind": ["429"]}),
        ("faults", {"operation": CREATE, "kind": "429", "times": 0}),
        ("faults", {"operation": CREATE, "kind": "429", "times": True}),
        ("faults", {"operation": CREATE, "kind": "429", "delay": "long"}),
        ("faults", {"operation": CREATE, "kind": "429", "delay": 301}),
        ("faults", [1]),
        ("webhooks", {"mode": "sometimes"}),
        ("webhooks", {"mode": ["hold"]}),
        ("disputes", {"charge": "\ud800"}),
        ("disputes", {"dispute": 5, "outcome": "won"}),
        ("moons", None),
        ("disputes", {"charge": "ch_unknown"}),
        ("refunds/re_unknown/fail", None),
        ("payment_methods/pm_unknown/network_update", None),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(stand_in: Process, path: str, json: Any) -> None:
    answer = requests.post(f"{stand_in.url}/_sandbox/{path}", json=json, timeout=10)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "noted"),
    [("drop_before", [0, 200]), ("drop_after", [200, 200]), ("500_before", [500, 500]), ("409", [409, 200])],
)
def test_the_log_tells_of_every_try_and_its_fault(stand_in: Process, kind: str, noted: list[int]) -> None:
    retrying = stripe.StripeClient("sk_test_x", base_addresses={"api": stand_in.url}, max_network_retries=1)
    stand_in.control.order_fault(CREATE, kind)
    try:
        retrying.v1.payment_intents.create({"amount": 5000, "currency": "usd"}, {"idempotency_key": "once"})
    except stripe.APIError:
        assert kind == "500_before"
    tries = stand_in.control.requests()[::-1]
    assert [one["status"] for one in tries] == noted
    assert [one["fault"] for one in tries] == [kind, None]
    assert {one["idempotency_key"] for one in tries} == {"once"}
    assert tries[1]["replayed"] is (kind in {"drop_after", "500_before"})


def test_the_network_renews_a_card(shopper: Shopper, stand_in: Process) -> None:
    card = shopper.saved("4242424242424242")
    stand_in.control.update_card(card)
    renewed = shopper.v1.payment_methods.retrieve(card).card
    assert renewed and renewed.exp_year == 2043
    assert shopper.events()[-1] == "payment_method.automatically_updated"


@pytest.mark.parametrize(
    "update",
    [
        {"exp_month": "x"},
        {"exp_month": 13},
        {"exp_year": True},
        {"last4": 4242},
        {"last4": "42"},
        {"brand": "amex"},
    ],
)
def test_a_network_tells_only_what_a_card_can_be(
    shopper: Shopper, stand_in: Process, update: dict[str, object]
) -> None:
    card = shopper.saved("4242424242424242")
    address = f"{stand_in.url}/_sandbox/payment_methods/{card}/network_update"
    refused = requests.post(address, json=update, timeout=10)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, next(iter(update)))
    assert "payment_method.automatically_updated" not in shopper.events()


def test_webhooks_may_come_backwards(shopper: Shopper, stand_in: Process, receiver: Receiver) -> None:
    stand_in.control.flush()
    receiver.start_over()
    shopper.pay("pm_card_visa")
    stand_in.control.flush(backwards=True)
    assert receiver.types == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_shuffled_webhooks_all_come(shopper: Shopper, stand_in: Process, receiver: Receiver) -> None:
    shopper.pay("pm_card_visa")
    stand_in.control.set_webhooks("shuffle")
    stand_in.control.flush()
    assert sorted(receiver.types) == sorted(shopper.events())


def test_held_webhooks_are_still_held_after_a_restart(receiver: Receiver) -> None:
    with running(webhook_url=receiver.url) as process:
        process.control.set_webhooks("hold")
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": process.url})
        client.v1.customers.create({"name": "Ada"})
        process.restart()
        assert client.v1.events.list().data[0].pending_webhooks == 1


def test_a_reset_forgets_everything(shopper: Shopper, stand_in: Process) -> None:
    shopper.pay("pm_card_visa")
    shopper.v1.refunds.create({"payment_intent": shopper.pay(shopper.card("4000000000007726")).id})
    stand_in.control.order_fault("GET /v1/customers", "429")
    stand_in.control.set_webhooks("drop")
    stand_in.control.reset()
    assert stand_in.control.requests() == []
    assert stand_in.control.run_scheduled() == 0
    assert stand_in.control.flush() == Flushed(0, 0)
    assert shopper.v1.customers.list().data == []
    assert shopper.v1.events.list().data == []
    assert 'value="deliver" checked' in requests.get(f"{stand_in.url}/controls", timeout=10).text


def test_a_reset_says_what_becomes_of_webhooks(stand_in: Process) -> None:
    stand_in.control.reset(webhooks="drop")
    assert 'value="drop" checked' in requests.get(f"{stand_in.url}/controls", timeout=10).text
    with pytest.raises(requests.HTTPError, match="400"):
        stand_in.control.reset(webhooks="burn")


@pytest.mark.parametrize(
    ("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")]
)
def test_a_challenge_is_answered_by_anyone_who_knows_the_secret(
    shopper: Shopper, stand_in: Process, outcome: Any, status: str
) -> None:
    intent = shopper.pay("pm_card_threeDSecure2Required", use_stripe_sdk=True)
    with pytest.raises(requests.HTTPError):
        stand_in.control.answer_challenge(f"{intent.id}_secret_guess", outcome)
    stand_in.control.answer_challenge(intent.client_secret or "", outcome)
    assert shopper.v1.payment_intents.retrieve(intent.id).status == status
