"""Updates that wait for their payment (https://docs.stripe.com/billing/subscriptions/pending-updates)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid

PENDING_FOR = 23 * 3600
"""Seconds that an update waits for its payment at most; not beyond the current period
(https://docs.stripe.com/billing/subscriptions/pending-updates-reference)."""

_SUPPORTED = frozenset(
    {
        "expand",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
        "billing_cycle_anchor",
        "items",
        "trial_end",
        "trial_from_plan",
        "add_invoice_items",
        "metadata",
        "discounts",
        "cancel_at_period_end",
    }
)
"""What can be sent with `pending_if_incomplete`: the list of the reference above; metadata since 2026-05-27
(https://docs.stripe.com/changelog/dahlia/2026-05-27/pending-subscription-update-metadata), the end with the period
since 2026-09-30 (https://docs.stripe.com/changelog/endive/2026-09-30/scheduled-subscription-cancellation); discounts
by the field of `Subscription.pending_update` in the SDK."""


_NOT_WAITING = ("discounts", "trial_end")


def check(call: Call) -> None:
    """Raise 400 for what an update that may have to wait can't change; Stripe's wording of it is unverified.

    Whether a schedule that is attached refuses such an update is unverified too. It is served here: the text of a
    phase's `metadata` says that the subscription under a schedule can be updated directly
    (https://docs.stripe.com/api/subscription_schedules/object#subscription_schedule_object-phases-metadata).
    """
    if call.params.get("payment_behavior") != "pending_if_incomplete":
        return
    for name in sorted(set(call.params) - _SUPPORTED):
        message = f"{name} can't be updated with payment_behavior=pending_if_incomplete."
        raise invalid(message, param=name)
    for name in _NOT_WAITING:
        if call.params.get(name):
            raise invalid(f"The stand-in's {name} don't wait for a payment.", param=name)


def is_contradicted(call: Call, body: dict[str, Any]) -> bool:
    """Whether another end is wanted now than the update that waits would set: Stripe lets that one expire.

    https://docs.stripe.com/changelog/endive/2026-09-30/scheduled-subscription-cancellation
    """
    waiting, wanted = body["pending_update"], call.params.get("cancel_at_period_end")
    said = waiting and waiting["cancel_at_period_end"]
    return said is not None and wanted is not None and said != wanted


def wait(call: Call, body: dict[str, Any], items: list[dict[str, Any]], anchor: int | None) -> None:
    """Let the update of the call's parameters wait until the subscription's newest invoice is paid."""
    ends = min(item["current_period_end"] for item in body["items"]["data"])
    body["pending_update"] = part_of("Subscription", "PendingUpdate") | {
        "billing_cycle_anchor": anchor,
        "cancel_at_period_end": call.params.get("cancel_at_period_end"),
        "metadata": call.params.get("metadata"),
        "expires_at": min(now(call.store, body["customer"]) + PENDING_FOR, ends),
        "subscription_items": items,
    }
