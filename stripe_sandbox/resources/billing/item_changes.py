"""What a change makes of a subscription's items, their periods and the lines that it is invoiced with.

Flexible billing resets the billing cycle only where the change says so: another price or another interval, also from
nothing to something that costs, leaves the anchor where it is
(https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Reset the billing cycle anchor").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import prorations, subscription_items, trials
from stripe_sandbox.resources.billing.periods import period_at, same_length


@dataclass(frozen=True, slots=True)
class Change:
    """The items after a change, the lines that it makes, and the anchor where that is reset.

    `is_due_now`: its invoice is made immediately, rather than its lines waiting for the next one.
    """

    items: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    anchor: int | None
    is_due_now: bool


def work_out(call: Call, subscription: dict[str, Any], wanted: dict[str, Any]) -> Change:
    """What the parameters of an update or a preview would change. Nothing is kept.

    Raises 400 for a `proration_date` outside the period or beside a reset.
    """
    old = subscription["items"]["data"]
    behavior = wanted.get("proration_behavior", "create_prorations")
    resets = resets_anchor(wanted)
    at = _moment(call, subscription, wanted, resets=resets)
    made = subscription_items.changed(call, old, wanted.get("items", []), subscription["id"], at)
    if resets:
        return _reset(call, old, made, at, is_prorated=behavior != "none")
    keep_periods(old, made, subscription["billing_cycle_anchor"], at)
    lines = _difference(call, subscription, made, at) if behavior != "none" else []
    return Change(made, lines, None, behavior == "always_invoice")


def resets_anchor(wanted: dict[str, Any]) -> bool:
    """Whether the parameters ask for `billing_cycle_anchor: now`. Raises 400 for what an update can't say.

    https://docs.stripe.com/billing/subscriptions/billing-cycle#reset-the-billing-period-to-the-current-time
    """
    type_ = wanted.get("billing_cycle_anchor", {}).get("type", "unchanged")
    if type_ not in {"now", "unchanged"}:
        message = "For existing subscriptions, the value can only be set to `now` or `unchanged`."
        raise invalid(message, param="billing_cycle_anchor")
    return bool(type_ == "now")


def keep_periods(old: list[dict[str, Any]], made: list[dict[str, Any]], anchor: int, at: int) -> None:
    """Put items in the periods that the anchor gives them: one of the same length goes on in its own.

    An item has the period, counted from the anchor, that the moment falls in; so a yearly price may begin in the
    middle of its year (https://docs.stripe.com/billing/subscriptions/mixed-interval, the resumed subscription whose
    anchor is unchanged; for another price on the same item: unverified).
    """
    before = {item["id"]: item for item in old}
    for item in made:
        was = before.get(item["id"])
        if was is not None and same_length(was["price"]["recurring"], item["price"]["recurring"]):
            continue
        start, end = period_at(anchor, item["price"]["recurring"], at)
        item.update(current_period_start=start, current_period_end=end)


def _difference(
    call: Call, subscription: dict[str, Any], made: list[dict[str, Any]], at: int
) -> list[dict[str, Any]]:
    """What a change within a period comes to; within a trial it is of nothing
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Re-bill for trial line items")."""
    old = subscription["items"]["data"]
    if subscription["status"] != "trialing":
        return prorations.lines(call, old, made, at)
    return trials.lines(call, [item for item in made if item not in old])


def _reset(
    call: Call, old: list[dict[str, Any]], made: list[dict[str, Any]], at: int, *, is_prorated: bool
) -> Change:
    """Every item begins a period now and is invoiced immediately, less what is left of the periods before.

    https://docs.stripe.com/billing/subscriptions/billing-cycle: "Stripe immediately sends an invoice".
    """
    credited = prorations.lines(call, old, [], at) if is_prorated else []
    prorations.put_in_period(made, at, at)
    return Change(made, credited + prorations.whole_periods(call, made), at, is_due_now=True)


def _moment(call: Call, subscription: dict[str, Any], wanted: dict[str, Any], *, resets: bool) -> int:
    """As of when a change is worked out. A reset is of now, so no date goes with it (unverified)."""
    at = wanted.get("proration_date")
    if at is None:
        return now(call.store, subscription["customer"])
    if resets:
        message = "You cannot specify `proration_date` when `billing_cycle_anchor` is `now`."
        raise invalid(message, param="proration_date")
    periods = [
        (item["current_period_start"], item["current_period_end"]) for item in subscription["items"]["data"]
    ]
    if not all(start <= at < end for start, end in periods):
        message = "Cannot specify a proration date outside of the current billing period."
        raise invalid(message, param="proration_date")
    return int(at)
