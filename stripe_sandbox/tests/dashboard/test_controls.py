"""Faults, webhooks, and what is scheduled."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper


def test_faults_and_webhooks_are_controlled(developer: Developer, shopper: Shopper) -> None:
    fault = {"operation": "POST /v1/refunds", "kind": "429", "times": "2", "delay": "0"}
    for wrong in ({"times": "0"}, {"kind": "earthquake"}, {"operation": "POST /v1/moons"}, {"delay": "soon"}):
        developer.send("/controls/faults", **{**fault, **wrong})
        assert (developer.last.status_code, bool(developer.said)) == (400, True)
    developer.send("/controls/faults", **fault)
    assert "2 calls are set to fail" in developer.last.text
    with pytest.raises(stripe.RateLimitError):
        shopper.v1.refunds.create({"payment_intent": "pi_1"})
    developer.send("/controls/faults/clear")
    assert "No faults scheduled." in developer.last.text
    developer.send("/controls/webhooks", mode="drop")
    assert "Webhooks: drop." in developer.last.text
    developer.send("/controls/webhooks", mode="sometimes")
    assert developer.last.status_code == 400


def test_what_waits_is_sent_and_what_is_scheduled_happens(
    developer: Developer, shopper: Shopper, receiver: Receiver
) -> None:
    intent = shopper.pay(shopper.card("4000000000005126"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    developer.send("/controls/scheduled")
    assert shopper.v1.refunds.retrieve(refund.id).status == "failed"
    developer.send("/controls/webhooks/flush")
    assert receiver.types[-1] == "refund.failed"
