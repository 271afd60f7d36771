"""Subscriptions that end, each with its schedule (https://docs.stripe.com/billing/subscriptions/cancel)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import retry_schedule
from stripe_sandbox.resources.customers import customers


def cancel(call: Call, body: dict[str, Any], reason: str) -> dict[str, Any]:
    """End a subscription now; an update that waited is gone with it, and nothing is collected any more."""
    at = now(call.store, body["customer"])
    body.update(status="canceled", ended_at=at, canceled_at=body["canceled_at"] or at, pending_update=None)
    body["cancellation_details"]["reason"] = reason
    _cancel_schedule(call, body, at)
    call.emit("customer.subscription.deleted", call.store.save(body))
    retry_schedule.stop(call, body)
    return body


@customers.removed.connect
def customer_removed(call: Call, customer: dict[str, Any]) -> None:
    """Subscriptions end when their customer is deleted (https://docs.stripe.com/api/customers/delete)."""
    for one in call.store.all("subscription", {"customer": customer["id"]}):
        if not one["ended_at"]:
            cancel(call, one, "cancellation_requested")


def _cancel_schedule(call: Call, body: dict[str, Any], at: int) -> None:
    schedule = call.store.get(body["schedule"], "subscription_schedule") if body["schedule"] else None
    if schedule is not None and schedule["status"] == "active":
        schedule.update(status="canceled", canceled_at=at, current_phase=None)
        call.emit("subscription_schedule.canceled", call.store.save(schedule))
