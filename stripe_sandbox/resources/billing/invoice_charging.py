"""Charging an invoice to a card: the one that is named, or the customer's default."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError, Decline, card_error, invalid
from stripe_sandbox.resources.billing import invoice_payments, retry_schedule
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import payment_intents


def charge(call: Call, invoice: dict[str, Any], *, on_session: bool, scheduled: bool = False) -> None:
    """Take what is due. Raises 402 where the card declines, or where its owner has to confirm.

    `scheduled` is an attempt of the retry schedule, which others don't change once there was a first one
    (https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count).
    """
    invoice["attempted"] = True
    if scheduled or invoice["attempt_count"] == 0:
        retry_schedule.count(call, invoice)
    known = _open_payment(call, invoice)
    # A page that the payer is led back to asks by a page, too; everyone else by stripe.js.
    asking = {name: call.params[name] for name in ("return_url",) if name in call.params}
    asking = asking or {"use_stripe_sdk": True}
    paying = _paying(call, {"payment_method": _card(call, invoice), "off_session": not on_session, **asking})
    try:
        if known:
            paying.path_ids = (known["payment"]["payment_intent"],)
            intent = payment_intents.try_again(paying)
        else:
            paying.params |= {**_wanted(invoice), "confirm": True}
            intent = payment_intents.make(paying)
    except ApiError as error:
        if error.keeps_changes:
            if not known:
                invoice_payments.record(call, invoice, error.body["error"]["payment_intent"])
            call.emit("invoice.payment_failed", call.store.save(invoice))
        raise
    if known:
        invoice_payments.settle(call, known, intent)
    else:
        invoice_payments.record(call, invoice, intent)
    if intent["status"] == "requires_action":
        call.store.save(invoice)
        if not on_session:
            call.emit("invoice.payment_failed", invoice)
        call.emit("invoice.payment_action_required", invoice)
        words = "This payment requires additional user action before it can be completed successfully."
        raise card_error(Decline("invoice_payment_intent_requires_action", words), payment_intent=intent)
    invoice.update(amount_paid=invoice["amount_due"], amount_remaining=0)


def prepare(call: Call, invoice: dict[str, Any]) -> None:
    """Make the payment intent that the page confirms (`payment_behavior=default_incomplete`)."""
    invoice_payments.record(call, invoice, payment_intents.make(_paying(call, _wanted(invoice))))


def give_up(call: Call, invoice: dict[str, Any], reason: str | None) -> None:
    """Cancel the payment that an invoice waited for: one that is void, or paid elsewhere, takes no money any more."""
    payment = _open_payment(call, invoice)
    if payment is not None:
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = now(call.store, invoice["customer"])
        call.store.save(payment)
        intent = find(call, "payment_intent", payment["payment"]["payment_intent"])
        if intent["status"] != "canceled":
            payment_intents.end(call, intent, reason)


def is_worth_trying(call: Call, invoice: dict[str, Any]) -> bool:
    """Whether there is a card to charge whose bank has not forbidden to try it again.

    https://docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes
    """
    card = _chosen(call, invoice)
    payment = _open_payment(call, invoice)
    intent = find(call, "payment_intent", payment["payment"]["payment_intent"]) if payment else None
    error = intent and intent["last_payment_error"]
    is_refused = (
        error and error["advice_code"] == "do_not_try_again" and error["payment_method"]["id"] == card
    )
    return bool(card and not is_refused)


def _open_payment(call: Call, invoice: dict[str, Any]) -> dict[str, Any] | None:
    """The payment that was tried before: it is tried again, so that no two can succeed."""
    found = call.store.all("invoice_payment", {"invoice": invoice["id"], "status": "open"})
    return found[0] if found else None


def _wanted(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "amount": invoice["amount_due"],
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "description": f"Payment for Invoice {invoice['number']}",
        "statement_descriptor": invoice["statement_descriptor"],
    }


def _paying(call: Call, params: dict[str, Any]) -> Call:
    return Call(
        store=call.store,
        settings=call.settings,
        params=params,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        events=call.events,
        asks_later=True,
    )


def _card(call: Call, invoice: dict[str, Any]) -> str:
    card = _chosen(call, invoice)
    if not card:
        raise invalid("Cannot charge a customer that has no active card", code="missing")
    return card


def _chosen(call: Call, invoice: dict[str, Any]) -> str | None:
    """The card that the caller names, or the default of the invoice, else of the subscription, else of the customer.

    https://docs.stripe.com/api/invoices/object#invoice_object-default_payment_method
    """
    details = invoice["parent"] and invoice["parent"]["subscription_details"]
    payers = [invoice, *([find(call, "subscription", details["subscription"])] if details else [])]
    customer = find(call, "customer", invoice["customer"])
    named = [call.params.get("payment_method"), *(payer["default_payment_method"] for payer in payers)]
    default: str | None = customer["invoice_settings"]["default_payment_method"]
    return next((card for card in named if card), default)
