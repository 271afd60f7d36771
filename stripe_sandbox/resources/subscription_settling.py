"""What becomes of a subscription when its invoice is paid, or never will be.

https://docs.stripe.com/billing/subscriptions/pending-updates-reference
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.resources import invoice_lifecycle
from stripe_sandbox.resources.common import assign, find


def payment_succeeded(call: Call, intent: dict[str, Any]) -> None:
    """Mark the invoice that a payment intent pays as paid, where it waited for that."""
    where = {"payment.payment_intent": intent["id"], "status": "open"}
    for payment in call.store.all("invoice_payment", where):
        payment.update(status="paid", amount_paid=intent["amount"])
        payment["status_transitions"]["paid_at"] = now(call.store, intent["customer"])
        call.emit("invoice_payment.paid", call.store.save(payment))
        invoice = find(call, "invoice", payment["invoice"])
        if invoice["status"] in invoice_lifecycle.OWED:
            invoice_lifecycle.paid(call, invoice, charged=True)
            invoice_paid(call, invoice)


def invoice_paid(call: Call, invoice: dict[str, Any]) -> None:
    """Apply the update that waited for this invoice; a subscription that lacked it is active, unless it has ended."""
    subscription = subscription_of(call, invoice)
    if subscription is None or subscription["latest_invoice"] != invoice["id"] or subscription["ended_at"]:
        return
    waiting = subscription["pending_update"]
    if waiting:
        apply(subscription, waiting["subscription_items"], waiting["billing_cycle_anchor"])
        assign(subscription, {"metadata": waiting["metadata"] or {}}, "metadata")
        subscription["pending_update"] = None
    if subscription["status"] in {"incomplete", "past_due", "unpaid"}:
        subscription["status"] = "active"
    call.emit("customer.subscription.updated", call.store.save(subscription))
    if waiting:
        call.emit("customer.subscription.pending_update_applied", subscription)


def invoice_voided(call: Call, invoice: dict[str, Any]) -> None:
    """Discard the update that waited for this invoice; a subscription that never began ends."""
    subscription = subscription_of(call, invoice)
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    if subscription["status"] == "incomplete":
        subscription.update(status="incomplete_expired", ended_at=now(call.store, subscription["customer"]))
    elif subscription["pending_update"]:
        subscription["pending_update"] = None
    else:
        return
    call.emit("customer.subscription.updated", call.store.save(subscription))


def apply(subscription: dict[str, Any], items: list[dict[str, Any]], anchor: int | None) -> None:
    """Put other items on a subscription, and begin its periods anew where there is another anchor."""
    subscription["items"]["data"] = items
    subscription["billing_cycle_anchor"] = anchor or subscription["billing_cycle_anchor"]


def subscription_of(call: Call, invoice: dict[str, Any]) -> dict[str, Any] | None:
    """The subscription that an invoice is for, if it is for one."""
    details = invoice["parent"] and invoice["parent"]["subscription_details"]
    return find(call, "subscription", details["subscription"]) if details else None
