"""What comes of the payer's answer to the bank's question."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import Decline, invalid, missing, unexpected_state
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import (
    challenges,
    charging,
    payment_intents,
    payment_methods,
    setup_intents,
)


def answer(call: Call, intent_id: str, secret: str, outcome: str) -> dict[str, Any]:
    """Complete or fail the challenge of an intent. Raises 402 where the card declines after it."""
    intent = call.store.get(intent_id)
    if intent is None or intent["object"] not in {"payment_intent", "setup_intent"}:
        raise missing("intent", intent_id)
    challenges.check_secret(intent, secret)
    if outcome not in {"complete", "fail"}:
        raise invalid("outcome is complete or fail.", param="outcome")
    if intent["status"] != "requires_action":
        raise unexpected_state(intent["object"], intent, "authenticate")
    is_payment = intent["object"] == "payment_intent"
    if outcome == "fail":
        if is_payment:
            return charging.fail_challenge(call, intent)
        refusal = Decline("setup_intent_authentication_failure", challenges.failed("SetupIntent"))
        return setup_intents.fail(call, intent, refusal)
    if not is_payment:
        return setup_intents.succeed(call, intent, secured=True)
    method = find(call, "payment_method", intent["payment_method"])
    paid = charging.charge(call, intent, method, payment_methods.behavior_at(call, method))
    payment_intents.succeeded.send(call, intent=paid)
    return paid
