"""Which payment pays which invoice (https://docs.stripe.com/api/invoice-payment)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id

_PATH = "/v1/invoice_payments"


@handles("GET", _PATH + "/{invoice_payment}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "invoice_payment", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    payment = call.params.get("payment", {})
    where = {f"payment.{name}": value for name, value in payment.items()}
    return listing(call, "invoice_payment", _PATH, "invoice", "status", **where)


def record(call: Call, invoice: dict[str, Any], intent: dict[str, Any]) -> None:
    """Write down that a payment intent pays what is due of an invoice."""
    at = now(call.store, intent["customer"])
    is_paid = intent["status"] == "succeeded"
    body = blank(
        "invoice_payment",
        id=new_id("inpay"),
        amount_paid=intent["amount"] if is_paid else None,
        amount_requested=intent["amount"],
        created=at,
        currency=intent["currency"],
        invoice=invoice["id"],
        is_default=True,
        status="paid" if is_paid else "open",
    )
    body["payment"] |= {"type": "payment_intent", "payment_intent": intent["id"]}
    body["status_transitions"] |= {"paid_at": at if is_paid else None}
    for name in ("charge", "payment_record"):
        if name in body["payment"]:
            body["payment"][name] = None
    call.store.add(body)
    if is_paid:
        call.emit("invoice_payment.paid", body)


def settle(call: Call, payment: dict[str, Any], intent: dict[str, Any]) -> None:
    """Write down that a payment that was open has succeeded."""
    if intent["status"] == "succeeded":
        payment.update(status="paid", amount_paid=intent["amount"])
        payment["status_transitions"]["paid_at"] = now(call.store, intent["customer"])
        call.emit("invoice_payment.paid", call.store.save(payment))
