"""What a phase makes of its subscription when it is entered.

https://docs.stripe.com/billing/subscriptions/subscription-schedules#phase-attribute-inheritance
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.copying import copied
from stripe_sandbox.resources.billing import phase_attributes, prorations, subscription_items
from stripe_sandbox.resources.billing.item_changes import keep_periods
from stripe_sandbox.resources.common import assign

Items = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entered:
    """The items whose period begins with the phase, and those before and after that are prorated."""

    begun: Items
    prorated: tuple[Items, Items]


def enter(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], phase: dict[str, Any], at: int
) -> Entered:
    """Let a subscription be of what a phase has from `at` on.

    `phase_start` anchors it again, so that every item begins a period. `automatic` never does in flexible billing: an
    item begins where its anchored period does, or in the middle of one, which is prorated or not charged at all
    (SDK, `billing_cycle_anchor` of a phase, with
    https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Reset the billing cycle anchor").
    """
    old = subscription["items"]["data"]
    unfinished = [item for item in old if item["current_period_end"] > at]
    made = items_of(call, old, phase, subscription["id"], at)
    if is_anchored(schedule, phase):
        subscription["billing_cycle_anchor"] = at
        prorations.put_in_period(made, at, at)
        entered = Entered(made, (unfinished, []))
    else:
        keep_periods(old, made, subscription["billing_cycle_anchor"], at)
        over = [item for item in made if item["current_period_end"] <= at]
        prorations.put_in_period(over, subscription["billing_cycle_anchor"], at)
        begun = [item for item in made if item["current_period_start"] == at]
        entered = Entered(begun, (unfinished, [item for item in made if item not in begun]))
    put_on(subscription, schedule, phase, made)
    return entered


def update_current(
    call: Call, schedule: dict[str, Any], subscription: dict[str, Any], phase: dict[str, Any], at: int
) -> tuple[Items, Items]:
    """Let a subscription be of what its current phase has now; the items before and after, for what is prorated.

    https://docs.stripe.com/billing/subscriptions/subscription-schedules#update-subscription-schedules: "Updating the
    active phase updates the underlying subscription as well."
    """
    old: Items = copied(subscription["items"]["data"])
    made = items_of(call, old, phase, subscription["id"], at)
    keep_periods(old, made, subscription["billing_cycle_anchor"], at)
    put_on(subscription, schedule, phase, made)
    return old, made


def put_on(
    subscription: dict[str, Any], schedule: dict[str, Any], phase: dict[str, Any], items: Items
) -> None:
    """Set a phase's items and attributes on the subscription; metadata is merged."""
    subscription["items"]["data"] = items
    phase_attributes.put_on(subscription, schedule, phase)
    assign(subscription, phase, "metadata")


def is_anchored(schedule: dict[str, Any], phase: dict[str, Any]) -> bool:
    """Whether a phase begins the billing cycle with itself, as it says, or else as its schedule does."""
    said = phase["billing_cycle_anchor"] or schedule["default_settings"]["billing_cycle_anchor"]
    return bool(said == "phase_start")


def items_of(call: Call, old: Items, phase: dict[str, Any], subscription: str, at: int) -> Items:
    """A phase's items: the one that has its price already, or a new one (unverified)."""
    before = {item["price"]["id"]: item for item in old}
    made = []
    for one in phase["items"]:
        kept = before.get(one["price"])
        wanted = {name: one[name] for name in ("price", "quantity")}
        item = (
            copied(kept) if kept else subscription_items.new(call, wanted, subscription, at, was_planned=True)
        )
        item["discounts"] = phase_attributes.still_there(one, item)
        made.append(assign(item, one, "quantity", "tax_rates", "metadata"))
    return made
