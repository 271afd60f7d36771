"""The phases of a subscription schedule: how they follow each other, and what one makes of the subscription."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources import subscription_items
from stripe_sandbox.resources.common import assign, find
from stripe_sandbox.resources.periods import period_end


def of_subscription(subscription: dict[str, Any]) -> dict[str, Any]:
    """The phase that a subscription is in: its current period."""
    first = subscription["items"]["data"][0]
    return _phase(
        start_date=first["current_period_start"],
        end_date=first["current_period_end"],
        currency=subscription["currency"],
        items=[_item(one["price"]["id"], one["quantity"]) for one in subscription["items"]["data"]],
        metadata=dict(subscription["metadata"]),
    )


def planned(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], wanted: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The phases as they are wanted, the current one first. Raises 400 where they can't follow each other."""
    made: list[dict[str, Any]] = []
    for index, one in enumerate(wanted):
        made.append(_planned(call, subscription, one, made[-1] if made else None, f"phases[{index}]"))
    if not made:
        raise invalid("You must pass at least one phase.", param="phases")
    _check_current(call, schedule, subscription, made[0])
    return made


def enter(call: Call, subscription: dict[str, Any], phase: dict[str, Any], at: int) -> None:
    """Let a subscription be of what a phase has; its periods begin anew where they have another length."""
    old = subscription["items"]["data"]
    before = {(item["price"]["id"], item["quantity"]): item for item in old}
    items = [
        before.get((one["price"], one["quantity"]))
        or subscription_items.new(call, one, subscription["id"], at, was_planned=True)
        for one in phase["items"]
    ]
    if _lengths(old) != _lengths(items):
        subscription["billing_cycle_anchor"] = at
    for item in items:
        item["current_period_end"] = at
    subscription["items"]["data"] = items
    assign(subscription, phase, "metadata")


def _planned(
    call: Call,
    subscription: dict[str, Any],
    one: dict[str, Any],
    before: dict[str, Any] | None,
    where: str,
) -> dict[str, Any]:
    items = one.get("items", [])
    if not items:
        raise invalid(f"Missing required param: {where}[items].", code="parameter_missing", param=where)
    prices = [find(call, "price", item.get("price", ""), f"{where}[items][0][price]") for item in items]
    start = one.get("start_date", before["end_date"] if before else now(call.store, subscription["customer"]))
    if before and start != before["end_date"]:
        message = "The start date of a phase must be the end date of the phase before it."
        raise invalid(message, param=f"{where}[start_date]")
    length = one.get("duration") or prices[0]["recurring"]
    recurring = {"interval": length["interval"], "interval_count": length.get("interval_count", 1)}
    end = one.get("end_date") or period_end(start, recurring, start)
    if end <= start:
        raise invalid("The end date of a phase must be after its start date.", param=f"{where}[end_date]")
    return _phase(
        start_date=start,
        end_date=end,
        currency=subscription["currency"],
        items=[_item(item["price"], item.get("quantity", 1)) for item in items],
        metadata=one.get("metadata") or {},
        proration_behavior=one.get("proration_behavior", "create_prorations"),
    )


def _check_current(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], first: dict[str, Any]
) -> None:
    current = schedule["current_phase"]
    if current and first["start_date"] != current["start_date"]:
        message = "You can not modify the start date of the current phase."
        raise invalid(message, param="phases[0][start_date]")
    if first["end_date"] <= now(call.store, subscription["customer"]):
        raise invalid("The current phase can't end in the past.", param="phases[0][end_date]")
    has = [(one["price"]["id"], one["quantity"]) for one in subscription["items"]["data"]]
    if [(one["price"], one["quantity"]) for one in first["items"]] != has:
        message = "The stand-in does not change the items of the current phase: update the subscription."
        raise invalid(message, param="phases[0][items]")


def _phase(**values: Any) -> dict[str, Any]:
    blank = part_of("SubscriptionSchedule", "Phase")
    return blank | {"proration_behavior": "create_prorations", "trial": None} | values


def _item(price: str, quantity: int) -> dict[str, Any]:
    blank = part_of("SubscriptionSchedule", "Phase", "Item")
    return blank | {"price": price, "plan": price, "quantity": quantity, "metadata": {}}


def _lengths(items: list[dict[str, Any]]) -> set[tuple[str, int]]:
    recurring = [item["price"]["recurring"] for item in items]
    return {(one["interval"], one["interval_count"]) for one in recurring}
