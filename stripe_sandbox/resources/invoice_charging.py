"""Charging an invoice to a card: the one that is named, or the customer's default."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError, Decline, card_error, invalid
from stripe_sandbox.resources import invoice_payments, payment_intents
from stripe_sandbox.resources.common import find


def charge(call: Call, invoice: dict[str, Any]) -> None:
    """Take what is due. Raises 402 where the card declines, or where its owner has to confirm."""
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    # Off session unless the caller says otherwise: https://docs.stripe.com/api/invoices/pay
    on_session = call.params.get("off_session") is False
    paying = Call(
        store=call.store,
        settings=call.settings,
        params={
            "amount": invoice["amount_due"],
            "currency": invoice["currency"],
            "customer": invoice["customer"],
            "payment_method": _card(call, invoice),
            "description": f"Payment for Invoice {invoice['number']}",
            "off_session": not on_session,
            "use_stripe_sdk": True,
            "confirm": True,
        },
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        events=call.events,
    )
    try:
        intent = payment_intents.create(paying)
    except ApiError as error:
        if error.keeps_changes:
            call.emit("invoice.payment_failed", call.store.save(invoice))
        raise
    invoice_payments.record(call, invoice, intent)
    if intent["status"] == "requires_action":
        call.emit("invoice.payment_action_required", call.store.save(invoice))
        words = "This payment requires additional user action before it can be completed successfully."
        raise card_error(Decline("invoice_payment_intent_requires_action", words), payment_intent=intent)
    invoice.update(amount_paid=invoice["amount_due"], amount_remaining=0)


def _card(call: Call, invoice: dict[str, Any]) -> str:
    customer = find(call, "customer", invoice["customer"])
    default = invoice["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    card = call.params.get("payment_method") or default
    if not card:
        raise invalid("Cannot charge a customer that has no active card", code="missing")
    return str(card)
