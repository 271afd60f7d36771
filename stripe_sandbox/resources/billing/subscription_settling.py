"""What becomes of a subscription when its invoice is paid, or never will be.

https://docs.stripe.com/billing/subscriptions/pending-updates-reference
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import invoice_lifecycle, subscription_ends
from stripe_sandbox.resources.common import assign, find
from stripe_sandbox.resources.payments import payment_intents

_BY_INVOICES = frozenset({"active", "past_due", "unpaid"})
"""The statuses that follow from invoices."""


@payment_intents.succeeded.connect
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
    """Apply the update that waited for this invoice, or let a first payment begin the subscription."""
    subscription = subscription_of(call, invoice)
    if subscription is None or subscription["ended_at"]:
        return
    is_latest = subscription["latest_invoice"] == invoice["id"]
    waiting = subscription["pending_update"] if is_latest else None
    if waiting:
        apply(subscription, waiting["subscription_items"], waiting["billing_cycle_anchor"])
        assign(subscription, {"metadata": waiting["metadata"] or {}}, "metadata")
        if waiting["cancel_at_period_end"] is not None:
            subscription_ends.with_period(call, subscription, wanted=waiting["cancel_at_period_end"])
        subscription["pending_update"] = None
    if subscription["status"] == "incomplete" and is_latest:
        subscription["status"] = "active"
    else:
        subscription["status"] = _status(call, subscription)
    call.emit("customer.subscription.updated", call.store.save(subscription))
    if waiting:
        call.emit("customer.subscription.pending_update_applied", subscription)


def invoice_given_up(call: Call, invoice: dict[str, Any]) -> None:
    """What follows from an invoice being void or uncollectible: the update that waited for it is discarded, a
    subscription that never began ends, and one that is past due may be so no more (`settle`)."""
    subscription = subscription_of(call, invoice)
    if subscription is None or subscription["ended_at"]:
        return
    is_latest, is_void = subscription["latest_invoice"] == invoice["id"], invoice["status"] == "void"
    if is_latest and is_void and subscription["status"] == "incomplete":
        subscription.update(status="incomplete_expired", ended_at=now(call.store, subscription["customer"]))
        call.emit("customer.subscription.updated", call.store.save(subscription))
    elif is_latest and is_void and subscription["pending_update"]:
        subscription["pending_update"] = None
        subscription["status"] = _status(call, subscription)
        call.emit("customer.subscription.updated", call.store.save(subscription))
    else:
        settle(call, subscription)


def settle(call: Call, subscription: dict[str, Any]) -> None:
    """Bring a subscription's status in line with its invoices, and say so where that changes it."""
    before, subscription["status"] = subscription["status"], _status(call, subscription)
    if subscription["status"] != before:
        call.emit("customer.subscription.updated", call.store.save(subscription))


def _status(call: Call, subscription: dict[str, Any]) -> str:
    """The status by the newest finalized invoice that isn't void: past due where its payment failed or wasn't tried.

    A voided invoice doesn't count, and one marked uncollectible keeps the subscription active
    (https://docs.stripe.com/billing/subscriptions/overview#voiding-invoice and #subscription-statuses). An invoice
    that is sent is waited for until its due date. Nor does one count that a pending update waits for
    (https://docs.stripe.com/billing/subscriptions/pending-updates).
    """
    if subscription["status"] not in _BY_INVOICES:
        return str(subscription["status"])
    waited_for = subscription["latest_invoice"] if subscription["pending_update"] else None
    of_it = {"parent.subscription_details.subscription": subscription["id"]}
    counting = call.store.all(
        "invoice",
        {"customer": subscription["customer"], **of_it, "status": ["open", "paid", "uncollectible"]},
    )
    newest = next((one for one in counting if one["id"] != waited_for), None)
    if newest is None or newest["status"] != "open":
        return "active"
    is_waited_for = newest["due_date"] and newest["due_date"] > now(call.store, subscription["customer"])
    return "active" if is_waited_for else "past_due"


def apply(subscription: dict[str, Any], items: list[dict[str, Any]], anchor: int | None) -> None:
    """Put other items on a subscription, and another anchor where there is one.

    `cancel_at_period_end` goes with the period
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Cancellations in the Customer Portal").
    """
    subscription["items"]["data"] = items
    subscription["billing_cycle_anchor"] = anchor or subscription["billing_cycle_anchor"]
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = min(item["current_period_end"] for item in items)


def subscription_of(call: Call, invoice: dict[str, Any]) -> dict[str, Any] | None:
    """The subscription that an invoice is for, if it is for one."""
    details = invoice["parent"] and invoice["parent"]["subscription_details"]
    return find(call, "subscription", details["subscription"]) if details else None
