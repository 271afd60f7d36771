"""When a subscription is to end: with its period, at a time, or never; as a caller says, or as its schedule does."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find

_NAMES = ("cancel_at", "cancel_at_period_end")


def check(call: Call, body: dict[str, Any]) -> None:
    """Raise 400 for an end that is changed directly while a schedule manages the subscription.

    In Stripe's own words, as others met them: https://github.com/laravel/cashier-stripe/issues/1748 and
    https://github.com/dust-tt/dust/pull/32051. That `false` is refused as well where nothing would change is
    unverified. Only one of the two parameters can be sent (https://docs.stripe.com/api/subscriptions/update).
    """
    named = [name for name in _NAMES if name in call.params]
    if len(named) > 1:
        raise invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
    if named and body["schedule"]:
        raise invalid(
            f"The subscription is managed by the subscription schedule `{body['schedule']}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead."
        )


def plan(call: Call, body: dict[str, Any]) -> None:
    """Let it end as the call's parameters say, or take that back."""
    params = call.params
    if "cancel_at_period_end" in params:
        with_period(call, body, wanted=params["cancel_at_period_end"])
    elif "cancel_at" in params:
        body["cancel_at_period_end"] = False
        ends = [item["current_period_end"] for item in body["items"]["data"]]
        named = {"min_period_end": min(ends), "max_period_end": max(ends), "": None}
        wanted = params["cancel_at"]
        if wanted == "max_billed_until":
            raise invalid("The stand-in serves no prebilling.", param="cancel_at")
        _at(call, body, named.get(wanted, wanted))


def with_period(call: Call, body: dict[str, Any], *, wanted: bool) -> None:
    """Let it end with its period, or no more with its period: an end at another time stays (unverified).

    https://docs.stripe.com/billing/subscriptions/cancel
    """
    if wanted or body["cancel_at_period_end"]:
        end = min(item["current_period_end"] for item in body["items"]["data"])
        body["cancel_at_period_end"] = wanted
        _at(call, body, end if wanted else None)


def as_scheduled(call: Call, schedule: dict[str, Any]) -> None:
    """Let the subscription of a schedule end with it, or go on after it.

    That a schedule sets a cancellation on its subscription says the text of `preserve_cancel_date`
    (https://docs.stripe.com/api/subscription_schedules/release); `end_behavior` is
    https://docs.stripe.com/api/subscription_schedules/object#subscription_schedule_object-end_behavior. An end that
    was set before the schedule was made stays beside it as long as the schedule doesn't end the subscription
    (unverified: the reading in which a caller loses most).
    """
    subscription = find(call, "subscription", schedule["subscription"])
    end = schedule["phases"][-1]["end_date"] if schedule["end_behavior"] == "cancel" else None
    was_set = call.store.hidden(schedule["id"]).get("cancel_at")
    if end != was_set:
        _at(call, subscription, end)
        subscription["cancel_at_period_end"] = False
        call.store.save(schedule, cancel_at=end)
        call.emit("customer.subscription.updated", call.store.save(subscription))


def released(call: Call, schedule: dict[str, Any], subscription: dict[str, Any]) -> None:
    """Drop the end that a schedule has set, unless the caller preserves it
    (https://docs.stripe.com/api/subscription_schedules/release#release_subscription_schedule-preserve_cancel_date)."""
    if call.store.hidden(schedule["id"]).get("cancel_at") and not call.params.get("preserve_cancel_date"):
        _at(call, subscription, None)


def _at(call: Call, body: dict[str, Any], moment: int | None) -> None:
    said = body["canceled_at"] or now(call.store, body["customer"])
    body.update(cancel_at=moment, canceled_at=said if moment is not None else None)
    body["cancellation_details"]["reason"] = "cancellation_requested" if moment is not None else None
