"""What a change of a subscription would be invoiced (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call, handles
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import ApiError, invalid, missing
from stripe_sandbox.resources.billing import (
    invoice_items,
    item_changes,
    subscription_invoices,
    subscription_taxes,
    turning,
)
from stripe_sandbox.resources.common import find


@handles("POST", "/v1/invoices/create_preview")
def create_preview(call: Call) -> dict[str, Any]:
    """The invoice that the same update would make; nothing is kept.

    Raises 400 without a subscription of theirs, 404 where nothing will be invoiced.
    """
    if "subscription" not in call.params:
        raise invalid("Missing required param: subscription.", code="parameter_missing", param="subscription")
    subscription = find(call, "subscription", call.params["subscription"], "subscription")
    if call.params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise invalid("The subscription belongs to another customer.", param="customer")
    wanted = call.params.get("subscription_details", {})
    change = item_changes.work_out(call, subscription, wanted)
    seen: dict[str, Any] = copied(subscription | {"items": subscription["items"] | {"data": change.items}})
    lines = invoice_items.waiting(call, subscription)[::-1] + change.lines
    if not (change.is_due_now and lines):
        lines += _begin_next(call, seen)
    if not lines:
        message = "No upcoming invoices for customer."
        raise ApiError(404, "invalid_request_error", message, code="invoice_upcoming_none")
    seen = _as_asked(call, seen, wanted)
    chosen = _chosen(call, subscription)
    invoice = subscription_invoices.build(call, seen, lines, "upcoming", chosen)
    invoice["id"] = f"upcoming_{invoice['id']}"
    details = invoice["parent"]["subscription_details"]
    details["subscription_proration_date"] = wanted.get("proration_date")
    return invoice


def _as_asked(call: Call, subscription: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The subscription with the tax settings that a preview asks for."""
    customer = find(call, "customer", subscription["customer"])
    settings = {name: wanted[name] for name in ("default_tax_rates",) if name in wanted}
    if "automatic_tax" in call.params:
        settings["automatic_tax"] = call.params["automatic_tax"]
    return subscription | subscription_taxes.settings(call, subscription, settings, customer, must_know=False)


def _chosen(call: Call, subscription: dict[str, Any]) -> list[str] | None:
    """The discounts that a preview names; an empty text inherits none (`discounts` in the SDK's parameters)."""
    if "discounts" not in call.params:
        return None
    for index, one in enumerate(call.params["discounts"]):
        if list(one) != ["discount"]:
            raise invalid("The stand-in previews discounts that are there.", param=f"discounts[{index}]")
    customer = find(call, "customer", subscription["customer"])
    own = {*subscription["discounts"], *([customer["discount"]["id"]] if customer["discount"] else [])}
    ids = [one["discount"] for one in call.params["discounts"]]
    for index, id_ in enumerate(ids):
        if id_ not in own:
            raise missing("discount", id_, f"discounts[{index}][discount]")
    return ids


def _begin_next(call: Call, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """Let the first periods begin that are invoiced, also by a phase of the schedule; their lines.

    Nothing where the subscription ends before.
    """
    schedule = copied(turning.schedule_of(call.store, seen))
    while True:
        at = turning.next_moment(seen, schedule)
        if seen["cancel_at"] and seen["cancel_at"] <= at:
            return []
        turn = turning.begin(call, seen, schedule, at)
        if turn.is_invoiced:
            return turn.prorated + turn.whole
        if schedule and turn.ends and schedule["end_behavior"] == "cancel":
            return []
        schedule = turning.after(schedule, turn)
