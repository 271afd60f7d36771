"""Confirming a payment intent: 3-D Secure where the card wants it, then the charge."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.cards import MESSAGES, Behaviour, message_for
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError, card_error, invalid
from stripe_sandbox.resources import challenges, disputes, last_errors, payment_methods
from stripe_sandbox.resources.common import find
from stripe_sandbox.store import new_id, now

FEE_PERCENT, FEE_FIXED = 2.9, 30


def confirm(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """Confirm an intent. Raises 402 for a decline, whose mark on the intent stays."""
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    method = find(call, "payment_method", intent["payment_method"])
    behaviour = payment_methods.behaviour_at(call, method)
    if _wants_confirmation(call, method, behaviour):
        if call.params.get("off_session"):
            code = "authentication_required"
            raise _decline(call, intent, method, code, MESSAGES[code], code)
        challenges.ask(call, intent, use_sdk=call.publishable or bool(call.params.get("use_stripe_sdk")))
        call.emit("payment_intent.requires_action", intent)
        return intent
    return charge(call, intent, method, behaviour)


def charge(
    call: Call, intent: dict[str, Any], method: dict[str, Any], behaviour: Behaviour
) -> dict[str, Any]:
    """Take the money. Raises 402 where the card declines."""
    if behaviour.code:
        decline = behaviour.decline if behaviour.code == "card_declined" else None
        raise _decline(
            call, intent, method, behaviour.code, message_for(behaviour.code, behaviour.decline), decline
        )
    made = _charge(call, intent, method, "succeeded")
    made["balance_transaction"] = _balance_transaction(call, made)["id"]
    made.update(paid=True, captured=True, amount_captured=made["amount"])
    made["receipt_url"] = f"{call.settings.public_url}/_sandbox/receipts/{made['id']}"
    call.store.save(made, refund=behaviour.refund)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=made["id"],
        next_action=None,
        last_payment_error=None,
    )
    call.store.save(intent)
    if intent["setup_future_usage"] and intent["customer"]:
        payment_methods.attach_to(call, method, intent["customer"])
    call.emit("charge.succeeded", made)
    call.emit("payment_intent.succeeded", intent)
    if behaviour.disputed:
        disputes.open_for(call, made)
    return intent


def fail_challenge(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """The payer failed the bank's question: another card may be tried."""
    method = find(call, "payment_method", intent["payment_method"])
    code = "payment_intent_authentication_failure"
    error = last_errors.build("PaymentIntent", "LastPaymentError", code, challenges.FAILED, None, method)
    intent.update(
        status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error
    )
    call.emit("payment_intent.payment_failed", call.store.save(intent))
    return intent


def _wants_confirmation(call: Call, method: dict[str, Any], behaviour: Behaviour) -> bool:
    set_up = bool(call.store.hidden(method["id"]).get("set_up"))
    return behaviour.secure == "always" or (behaviour.secure == "unless_set_up" and not set_up)


def _decline(
    call: Call, intent: dict[str, Any], method: dict[str, Any], code: str, message: str, decline: str | None
) -> ApiError:
    made = _charge(call, intent, method, "failed")
    made.update(failure_code=code, failure_message=message, paid=False)
    call.store.save(made)
    error = last_errors.build("PaymentIntent", "LastPaymentError", code, message, decline, method, made["id"])
    intent.update(
        status="requires_payment_method",
        latest_charge=made["id"],
        next_action=None,
        payment_method=None,
        last_payment_error=error,
    )
    call.store.save(intent)
    call.emit("charge.failed", made)
    call.emit("payment_intent.payment_failed", intent)
    return card_error(
        code, message, decline_code=decline, charge=made["id"], payment_intent=intent, payment_method=method
    )


def _charge(call: Call, intent: dict[str, Any], method: dict[str, Any], status: str) -> dict[str, Any]:
    body = blank(
        "charge",
        id=new_id("ch"),
        created=now(),
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details=method["billing_details"],
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        metadata=intent["metadata"],
        paid=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        receipt_email=intent["receipt_email"],
        refunded=False,
        status=status,
    )
    body["payment_method_details"] = charge_card(method["card"])
    for name in ("refunds", "source", "radar_options", "level3", "presentment_details"):
        if name in body:
            body[name] = None
    return call.store.add(body)


def charge_card(card: dict[str, Any]) -> dict[str, Any]:
    """A charge's `payment_method_details` for a card."""
    from stripe_sandbox.conformance.blank import fields_of
    from stripe_sandbox.conformance.reader import shape_of_class

    shape = shape_of_class("Charge")
    if shape is None:
        return {}
    details = shape.inner["PaymentMethodDetails"]
    made = dict.fromkeys(details.fields)
    own = fields_of(details.inner["Card"])
    own.update(
        {name: card[name] for name in own if name in card and name not in {"checks", "networks", "wallet"}}
    )
    made.update(type="card", card=own)
    return made


def _balance_transaction(call: Call, made: dict[str, Any]) -> dict[str, Any]:
    fee = round(made["amount"] * FEE_PERCENT / 100) + FEE_FIXED
    return call.store.add(
        blank(
            "balance_transaction",
            id=new_id("txn"),
            amount=made["amount"],
            available_on=now(),
            created=now(),
            currency=made["currency"],
            description=made["description"],
            fee=fee,
            net=made["amount"] - fee,
            reporting_category="charge",
            source=made["id"],
            status="available",
            type="charge",
            balance_type="payments",
        )
    )
