"""Changing what a subscription is of: immediately, or once its invoice is paid."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import (
    invoice_items,
    invoice_lifecycle,
    item_changes,
    pending_updates,
    subscription_invoices,
    subscription_payments,
)
from stripe_sandbox.resources.billing.subscription_settling import apply
from stripe_sandbox.resources.common import find


def change(call: Call, body: dict[str, Any]) -> bool:
    """Change items and anchor as the call's parameters ask; whether that is done, or else waits for a payment.

    What waited for the next invoice is on it
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Pending invoice items").
    Raises 402 for a decline with `error_if_incomplete`.
    """
    params = call.params
    discard_waiting(call, body)
    change = item_changes.work_out(call, body, params)
    if not change.is_due_now:
        invoice_items.wait(call, body, change.lines)
        apply(body, change.items, change.anchor)
        return True
    lines = invoice_items.take_waiting(call, body) + change.lines
    if not lines:
        apply(body, change.items, change.anchor)
        return True
    invoice = subscription_invoices.issue(call, body, lines, "subscription_update")
    invoice_lifecycle.finalize(call, invoice)
    failure = subscription_payments.collect(call, invoice, on_session=not params.get("off_session"))
    behavior = params.get("payment_behavior", "allow_incomplete")
    if failure and behavior == "error_if_incomplete":
        raise subscription_payments.refused(failure)
    if failure and behavior == "pending_if_incomplete":
        pending_updates.wait(call, body, change.items, change.anchor)
        return False
    apply(body, change.items, change.anchor)
    if failure:
        body["status"] = "past_due"
    return True


def discard_waiting(call: Call, body: dict[str, Any]) -> None:
    """Another change takes the place of one that waits for its payment: no one can pay for that any more
    (https://docs.stripe.com/billing/subscriptions/pending-updates#canceling-changing)."""
    if not body["pending_update"]:
        return
    body["pending_update"] = None
    invoice = find(call, "invoice", body["latest_invoice"])
    if invoice["status"] == "open":
        invoice_lifecycle.void(call, invoice)
    call.emit("customer.subscription.pending_update_expired", call.store.save(body))
