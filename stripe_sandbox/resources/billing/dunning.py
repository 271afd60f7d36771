"""Trying the payment of an invoice again, and giving its subscription up once that is of no use.

As with Stripe's settings "cancel the subscription" and "leave the invoice past due"
(https://docs.stripe.com/billing/revenue-recovery/smart-retries).
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import (
    invoice_charging,
    retry_schedule,
    subscription_cancellation,
    subscription_payments,
    subscription_settling,
)
from stripe_sandbox.resources.common import find


def retry(call: Call, invoice_id: str) -> dict[str, Any]:
    """Make the attempt that an open invoice waits for."""
    invoice = find(call, "invoice", invoice_id)
    if not invoice_charging.is_worth_trying(call, invoice):
        retry_schedule.count(call, invoice)
        call.emit("invoice.updated", call.store.save(invoice))
    elif subscription_payments.collect(call, invoice, on_session=False, scheduled=True) is None:
        subscription_settling.invoice_paid(call, invoice)
        return invoice
    if invoice["next_payment_attempt"] is None:
        _give_up(call, invoice)
    return invoice


def _give_up(call: Call, invoice: dict[str, Any]) -> None:
    subscription = subscription_settling.subscription_of(call, invoice)
    if subscription is not None and subscription["status"] != "canceled":
        subscription_cancellation.cancel(call, subscription, "payment_failed")
