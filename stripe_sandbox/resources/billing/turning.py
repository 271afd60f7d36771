"""What begins for a subscription at a moment: the next phase of its schedule, the next period of its items.

One turn makes one invoice
(https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Consolidated invoicing for subscription schedule
phase transitions"), and an item has a period of its own
(https://docs.stripe.com/billing/subscriptions/mixed-interval#billing-periods-for-mixed-interval-subscriptions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import phase_entering, prorations, trials
from stripe_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Turn:
    """The lines of the periods that begin, and what is prorated because others are cut short or begin in the middle.

    `phase` is the phase that was entered, if one was. `ends` is a schedule that is over.
    """

    whole: list[dict[str, Any]]
    prorated: list[dict[str, Any]]
    is_invoiced: bool
    phase: dict[str, Any] | None = None
    ends: bool = False


def next_moment(body: dict[str, Any], schedule: dict[str, Any] | None) -> int:
    """When the next period or phase begins."""
    times = [item["current_period_end"] for item in body["items"]["data"]]
    if schedule is not None and schedule["current_phase"]:
        times.append(schedule["current_phase"]["end_date"])
    return int(min(times))


def begin(call: Call, body: dict[str, Any], schedule: dict[str, Any] | None, at: int) -> Turn:
    """Let everything begin that is due at `at`, on the subscription that is passed. Nothing is saved or charged."""
    phases = schedule["phases"] if schedule else []
    following = next((one for one in phases if one["start_date"] == at), None)
    if schedule is not None and following is not None:
        entered = phase_entering.enter(call, schedule, body, following, at)
        behavior = following["proration_behavior"]
        prorated = prorations.lines(call, *entered.prorated, at) if behavior != "none" else []
        whole = prorations.whole_periods(call, entered.begun)
        return Turn(whole, prorated, bool(whole) or behavior == "always_invoice", following)
    trials.over(body, at)
    begun = [item for item in body["items"]["data"] if item["current_period_end"] <= at]
    prorations.put_in_period(begun, body["billing_cycle_anchor"], at)
    whole = prorations.whole_periods(call, begun)
    return Turn(whole, [], bool(whole), ends=bool(phases) and phases[-1]["end_date"] <= at)


def after(schedule: dict[str, Any] | None, turn: Turn) -> dict[str, Any] | None:
    """A schedule as it is after a turn: in the phase that was entered, or gone."""
    if schedule is None or turn.ends:
        return None
    if turn.phase is None:
        return schedule
    return schedule | {"current_phase": {name: turn.phase[name] for name in ("start_date", "end_date")}}


def schedule_of(store: Store, body: dict[str, Any]) -> dict[str, Any] | None:
    """The schedule that a subscription hangs on."""
    return store.get(body["schedule"], "subscription_schedule") if body["schedule"] else None
