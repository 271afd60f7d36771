"""The phases of a subscription schedule: what they are of, and how they follow each other."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import phase_attributes, tax_rates
from stripe_sandbox.resources.billing.periods import period_end
from stripe_sandbox.resources.billing.phase_entering import is_anchored
from stripe_sandbox.resources.common import find


def of_subscription(subscription: dict[str, Any]) -> dict[str, Any]:
    """The phase that a subscription is in: its current period, and all that it is
    (https://docs.stripe.com/billing/subscriptions/subscription-schedules#create-subscription-schedules)."""
    items = subscription["items"]["data"]
    return _phase(
        start_date=max(item["current_period_start"] for item in items),
        end_date=min(item["current_period_end"] for item in items),
        currency=subscription["currency"],
        items=[
            _item(
                one["price"]["id"],
                quantity=one["quantity"],
                metadata=dict(one["metadata"]),
                tax_rates=one["tax_rates"] or [],
                discounts=[phase_attributes.reused(id_) for id_ in one["discounts"]],
            )
            for one in items
        ],
        metadata=dict(subscription["metadata"]),
        trial_end=subscription["trial_end"] if subscription["status"] == "trialing" else None,
        **phase_attributes.of_subscription(subscription),
    )


def planned(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], wanted: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The phases as they are wanted, the current one first. Raises 400 where they can't follow each other."""
    made: list[dict[str, Any]] = []
    anchor = subscription["billing_cycle_anchor"]
    for index, one in enumerate(wanted):
        where = f"phases[{index}]"
        phase = _planned(call, subscription, one, made[-1] if made else None, where)
        if made and is_anchored(schedule, phase):
            anchor = phase["start_date"]
        made.append(phase | {"end_date": _end(call, one, phase, anchor, where)})
    if not made:
        raise invalid("You must pass at least one phase.", param="phases")
    _check_current(call, schedule, subscription, made[0])
    return made


def _planned(
    call: Call,
    subscription: dict[str, Any],
    one: dict[str, Any],
    before: dict[str, Any] | None,
    where: str,
) -> dict[str, Any]:
    start = one.get("start_date", before["end_date"] if before else now(call.store, subscription["customer"]))
    if before and start != before["end_date"]:
        message = "The start date of a phase must be the end date of the phase before it."
        raise invalid(message, param=f"{where}[start_date]")
    anchor = one.get("billing_cycle_anchor")
    if anchor not in {None, "automatic", "phase_start"}:
        message = f"Invalid billing_cycle_anchor: must be one of automatic or phase_start, not {anchor}."
        raise invalid(message, param=f"{where}[billing_cycle_anchor]")
    items = one.get("items", [])
    if not items:
        raise invalid(f"Missing required param: {where}[items].", code="parameter_missing", param=where)
    return _phase(
        start_date=start,
        billing_cycle_anchor=anchor,
        currency=subscription["currency"],
        items=[_given(call, item, f"{where}[items][{index}]") for index, item in enumerate(items)],
        metadata=one.get("metadata") or {},
        proration_behavior=one.get("proration_behavior", "create_prorations"),
        # Of the current phase it says what is so already; that leaving it out ends a trial is unverified.
        trial_end=None if before else one.get("trial_end"),
        **phase_attributes.given(call, one, where),
    )


def _given(call: Call, item: dict[str, Any], where: str) -> dict[str, Any]:
    """An item as the parameters say it: left out, its quantity is one, and it has no rates, discounts of its own."""
    price = find(call, "price", item.get("price", ""), f"{where}[price]")
    return _item(
        price["id"],
        quantity=item.get("quantity", 1),
        metadata=item.get("metadata") or {},
        tax_rates=tax_rates.chosen(call, item.get("tax_rates", []), f"{where}[tax_rates]"),
        discounts=phase_attributes.discounts(call, item.get("discounts", []), f"{where}[discounts]"),
    )


def _end(call: Call, one: dict[str, Any], phase: dict[str, Any], anchor: int, where: str) -> int:
    """When a phase ends: as it is said, or else where the billing cycle turns after its duration
    (https://docs.stripe.com/changelog/clover/2025-09-30/billing-cycle-anchor-resets-during-phase-computation)."""
    end = one.get("end_date")
    if end is None:
        price = find(call, "price", phase["items"][0]["price"])
        length = one.get("duration") or price["recurring"]
        recurring = {"interval": length["interval"], "interval_count": length.get("interval_count", 1)}
        end = period_end(anchor, recurring, phase["start_date"])
    if end <= phase["start_date"]:
        raise invalid("The end date of a phase must be after its start date.", param=f"{where}[end_date]")
    return int(end)


def _check_current(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], first: dict[str, Any]
) -> None:
    current = schedule["current_phase"]
    if current and first["start_date"] != current["start_date"]:
        message = "You can not modify the start date of the current phase."
        raise invalid(message, param="phases[0][start_date]")
    if first["end_date"] <= now(call.store, subscription["customer"]):
        raise invalid("The current phase can't end in the past.", param="phases[0][end_date]")


def _phase(**values: Any) -> dict[str, Any]:
    blank = part_of("SubscriptionSchedule", "Phase")
    return blank | {"proration_behavior": "create_prorations", "trial": None} | values


def _item(price: str, **values: Any) -> dict[str, Any]:
    return part_of("SubscriptionSchedule", "Phase", "Item") | {"price": price, "plan": price} | values
