"""When a payment that failed is tried again, and when no one tries any more.

This is one of Stripe's own retry schedules (https://docs.stripe.com/billing/revenue-recovery/smart-retries#custom-retry-schedule);
its Smart Retries choose the moments themselves, which a stand-in can't.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.store import Store

RETRY_AFTER_DAYS = (3, 5, 7)
"""Days from each attempt to the next one; after the last one the subscription is canceled."""
_DAY = 86_400


def count(call: Call, invoice: dict[str, Any]) -> None:
    """Count an attempt of the schedule, and plan the next one for the case that this one fails."""
    invoice["attempt_count"] += 1
    made, planned = invoice["attempt_count"], None
    is_collected = invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically"
    if is_collected and made <= len(RETRY_AFTER_DAYS):
        planned = now(call.store, invoice["customer"]) + RETRY_AFTER_DAYS[made - 1] * _DAY
    invoice["next_payment_attempt"] = planned


def due(store: Store, customer: str, until: int) -> list[tuple[int, str]]:
    """The attempts up to a moment: when, and of which invoice."""
    unpaid = store.all("invoice", {"customer": customer, "status": "open"})
    planned = [(one["next_payment_attempt"], one["id"]) for one in unpaid if one["next_payment_attempt"]]
    return [one for one in planned if one[0] <= until]


def stop(call: Call, subscription: dict[str, Any]) -> None:
    """Stop collecting what is open of a subscription; its owner can still pay it.

    https://docs.stripe.com/billing/subscriptions/cancel. That the draft of a renewal is let be too is unverified.
    """
    of_it = {"parent.subscription_details.subscription": subscription["id"], "status": ["draft", "open"]}
    for invoice in call.store.all("invoice", {"customer": subscription["customer"], **of_it}):
        call.found.setdefault(invoice["id"], dict(invoice))
        invoice.update(auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None)
        call.emit("invoice.updated", call.store.save(invoice))
