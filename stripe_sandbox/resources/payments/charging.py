"""Confirming a payment intent: 3-D Secure where the card wants it, then the charge."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.cards import NOT_AUTHENTICATED, Behavior, decline_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError, Decline, card_error, invalid
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import (
    balance_transactions,
    challenges,
    charges,
    disputing,
    last_errors,
    payment_methods,
)


def confirm(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """Confirm an intent. Raises 402 for a decline, whose mark on the intent stays."""
    call.serves("off_session", *challenges.ASKING)
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    method = find(call, "payment_method", intent["payment_method"])
    behavior = payment_methods.behavior_at(call, method)
    if _wants_confirmation(call, method, behavior):
        if call.params.get("off_session") and not call.asks_later:
            raise _decline(call, intent, method, NOT_AUTHENTICATED)
        challenges.ask(call, intent, use_sdk=call.publishable or bool(call.params.get("use_stripe_sdk")))
        call.emit("payment_intent.requires_action", intent)
        return intent
    return charge(call, intent, method, behavior)


def charge(call: Call, intent: dict[str, Any], method: dict[str, Any], behavior: Behavior) -> dict[str, Any]:
    """Take the money. Raises 402 where the card declines."""
    decline = decline_of(behavior)
    if decline:
        raise _decline(call, intent, method, decline)
    made = charges.add(call, intent, method)
    paid = balance_transactions.record(call, made, made["amount"], balance_transactions.charged(made))
    made["balance_transaction"] = paid["id"]
    made.update(paid=True, captured=True, amount_captured=made["amount"])
    made["receipt_url"] = f"{call.settings.public_url}/_sandbox/receipts/{made['id']}"
    call.store.save(made, refund=behavior.refund)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=made["id"],
        next_action=None,
        last_payment_error=None,
    )
    call.store.save(intent)
    if intent["setup_future_usage"] and intent["customer"]:
        known = {"set_up": True} if intent["setup_future_usage"] == "off_session" else {}
        payment_methods.attach_to(call, method, intent["customer"], **known)
    call.emit("charge.succeeded", made)
    call.emit("payment_intent.succeeded", intent)
    if behavior.disputed:
        inquiry = behavior.disputed == "inquiry"
        disputing.open_for(call, made, inquiry=inquiry, reason="fraudulent" if inquiry else behavior.disputed)
    return intent


def fail_challenge(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """The payer failed the bank's question: another card may be tried."""
    method = find(call, "payment_method", intent["payment_method"])
    decline = Decline("payment_intent_authentication_failure", challenges.failed("PaymentIntent"))
    error = last_errors.of_payment(decline, method)
    intent.update(
        status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error
    )
    call.emit("payment_intent.payment_failed", call.store.save(intent))
    return intent


def _wants_confirmation(call: Call, method: dict[str, Any], behavior: Behavior) -> bool:
    match behavior.secure:
        case "unless_set_up":
            return not (call.params.get("off_session") and call.store.hidden(method["id"]).get("set_up"))
        case "on_session":
            return not call.params.get("off_session")
    return behavior.secure == "always"


def _decline(call: Call, intent: dict[str, Any], method: dict[str, Any], decline: Decline) -> ApiError:
    made = charges.add(call, intent, method, decline)
    intent.update(
        status="requires_payment_method",
        latest_charge=made["id"],
        next_action=None,
        payment_method=None,
        last_payment_error=last_errors.of_payment(decline, method, made["id"]),
    )
    call.store.save(intent)
    call.emit("charge.failed", made)
    call.emit("payment_intent.payment_failed", intent)
    return card_error(decline, charge=made["id"], payment_intent=intent, payment_method=method)
