"""The hour in which the invoice of a renewal is a draft, and what a pause of collection makes of it.

A renewal's invoice is made when the period begins and finalized about an hour later, and only then is it charged
(https://docs.stripe.com/billing/invoices/subscription#sub-invoice-lifecycle; SDK, `Invoice.attempted`). The first
invoice, and that of an immediate change, are finalized immediately. Stripe counts the hour from the delivery of its
webhooks; here it is counted from the beginning of the period. That a renewal over zero waits too is unverified.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import invoice_lifecycle, subscription_payments, subscription_settling
from stripe_sandbox.resources.common import find
from stripe_sandbox.store import Store

DRAFT_FOR = 3600
"""Seconds."""


def keep(call: Call, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    """Let a renewal's invoice be a draft for an hour, or what `pause_collection` says.

    While collection is paused an invoice stays a draft that no one finalizes, or is void or uncollectible
    immediately, and the subscription's status is unchanged
    (https://docs.stripe.com/billing/subscriptions/pause-payment). A void one uses no credit of the customer's.
    """
    paused = subscription["pause_collection"]
    if paused is None:
        at = now(call.store, invoice["customer"])
        call.store.save(invoice | {"automatically_finalizes_at": at + DRAFT_FOR})
        return
    invoice["auto_advance"] = False
    if paused["behavior"] == "void":
        invoice_lifecycle.void(call, invoice_lifecycle.finalize(call, invoice))
    elif paused["behavior"] == "mark_uncollectible":
        invoice_lifecycle.write_off(call, invoice_lifecycle.finalize(call, invoice))
    else:
        call.store.save(invoice)


def due(store: Store, customer: str, until: int) -> list[tuple[int, str]]:
    """The drafts whose hour is over up to a moment: when, and of which invoice."""
    drafts = store.all("invoice", {"customer": customer, "status": "draft"})
    planned = [(one["automatically_finalizes_at"], one["id"]) for one in drafts]
    return [one for one in planned if one[0] and one[0] <= until]


def end(call: Call, invoice_id: str) -> dict[str, Any]:
    """Finalize a draft whose hour is over, and charge it; the subscription is past due where that fails."""
    invoice = invoice_lifecycle.finalize(call, find(call, "invoice", invoice_id))
    subscription = subscription_settling.subscription_of(call, invoice)
    if invoice["collection_method"] == "charge_automatically":
        try:
            subscription_payments.collect(call, invoice, on_session=False)
        except ApiError:
            # Without a card nothing was tried that could have said so.
            call.emit("invoice.payment_failed", call.store.save(invoice))
    if subscription is not None:
        subscription_settling.settle(call, subscription)
    return invoice
