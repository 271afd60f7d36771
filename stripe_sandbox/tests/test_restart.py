"""The state outlives the program, and a reset empties it."""

from __future__ import annotations

from typing import Any

import stripe

from stripe_sandbox.testing import running


def test_a_restart_loses_nothing() -> None:
    key: Any = {"idempotency_key": "before"}
    with running() as process:
        client = stripe.StripeClient("sk_test_tests", base_addresses={"api": process.url}).v1
        customer = client.customers.create({"name": "Ada"}, key)
        intent = client.payment_intents.create(
            {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
        )
        process.restart()
        assert client.payment_intents.retrieve(intent.id).status == "succeeded"
        assert "/v1/payment_intents" in [one["path"] for one in process.control.requests()]
        assert client.customers.create({"name": "Ada"}, key).id == customer.id
        process.control.reset()
        assert client.customers.list().data == []
