"""Subscription schedules: what a subscription is to become, phase by phase.

https://docs.stripe.com/billing/subscriptions/subscription-schedules. They are made from a running subscription, and
their phases begin where a period of it does.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import (
    invoice_items,
    invoice_lifecycle,
    phase_entering,
    prorations,
    schedule_phases,
    subscription_cancellation,
    subscription_ends,
    subscription_invoices,
    subscription_payments,
)
from stripe_sandbox.resources.billing.turning import Turn
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id

_PATH = "/v1/subscription_schedules"
_ONE = _PATH + "/{schedule}"
_RUNNING = {"active", "not_started"}
_ENDED = {"canceled", "incomplete_expired"}


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 400 for a subscription that has ended or has a schedule, and for what comes with `from_subscription`."""
    params = call.params
    if "from_subscription" not in params:
        raise invalid("The stand-in makes schedules only from subscriptions.", param="from_subscription")
    if "phases" in params:
        message = "You cannot set `phases` if `from_subscription` is set."
        raise invalid(message, param="phases")
    subscription = find(call, "subscription", params["from_subscription"], "from_subscription")
    if subscription["status"] in _ENDED:
        raise invalid("You cannot migrate a subscription that has ended.", param="from_subscription")
    if subscription["schedule"]:
        message = "You cannot migrate a subscription that is already attached to a schedule: "
        raise invalid(message + subscription["schedule"], param="from_subscription")
    phase = schedule_phases.of_subscription(subscription)
    body = blank(
        "subscription_schedule",
        id=new_id("sub_sched"),
        billing_mode=subscription["billing_mode"],
        created=now(call.store, subscription["customer"]),
        current_phase={"start_date": phase["start_date"], "end_date": phase["end_date"]},
        customer=subscription["customer"],
        default_settings=part_of("SubscriptionSchedule", "DefaultSettings")
        | {"billing_cycle_anchor": "automatic", "collection_method": "charge_automatically"},
        end_behavior=params.get("end_behavior", "release"),
        phases=[phase],
        status="active",
        subscription=subscription["id"],
        test_clock=subscription["test_clock"],
    )
    call.store.add(assign(body, params, "metadata"))
    subscription["schedule"] = body["id"]
    call.store.save(subscription)
    call.emit("subscription_schedule.created", body)
    call.emit("customer.subscription.updated", subscription)
    subscription_ends.as_scheduled(call, body)
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "subscription_schedule", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "subscription_schedule", _PATH, "customer")


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    """Raises 400 for a schedule that is over, and for phases that can't follow each other."""
    body = _running(call, "update")
    assign(body, call.params, "metadata", "end_behavior")
    if "phases" in call.params:
        subscription = find(call, "subscription", body["subscription"])
        body["phases"] = schedule_phases.planned(call, body, subscription, call.params["phases"])
        body["current_phase"] = {name: body["phases"][0][name] for name in ("start_date", "end_date")}
        _update_current(call, body, subscription)
    call.emit("subscription_schedule.updated", call.store.save(body))
    subscription_ends.as_scheduled(call, body)
    return body


@handles("POST", _ONE + "/release")
def release(call: Call) -> dict[str, Any]:
    """Let the subscription go on as it is. Raises 400 for a schedule that is over."""
    body = _running(call, "release")
    subscription = find(call, "subscription", body["subscription"])
    subscription_ends.released(call, body, subscription)
    let_go(call, body, subscription, "released")
    call.emit("customer.subscription.updated", call.store.save(subscription))
    return body


@handles("POST", _ONE + "/cancel")
def cancel(call: Call) -> dict[str, Any]:
    """End the subscription with its schedule, now. Raises 400 for a schedule that is over."""
    body = _running(call, "cancel")
    subscription = find(call, "subscription", body["subscription"])
    body.update(status="canceled", canceled_at=now(call.store, body["customer"]), current_phase=None)
    call.emit("subscription_schedule.canceled", call.store.save(body))
    subscription_cancellation.cancel(call, subscription, "cancellation_requested")
    return body


def let_go(call: Call, body: dict[str, Any], subscription: dict[str, Any], status: str) -> None:
    """Part a schedule from its subscription, which the caller saves: it is `released` or `completed`."""
    at = now(call.store, body["customer"])
    body.update(
        status=status,
        current_phase=None,
        released_subscription=subscription["id"],
        subscription=None,
        **{f"{status}_at": at},
    )
    subscription["schedule"] = None
    call.emit(f"subscription_schedule.{status}", call.store.save(body))


def turned(call: Call, body: dict[str, Any], subscription: dict[str, Any], turn: Turn) -> bool:
    """Note what a turn means for the schedule; False where the subscription ends with it.

    The subscription is the caller's to save.
    """
    if turn.phase is not None:
        body["current_phase"] = {name: turn.phase[name] for name in ("start_date", "end_date")}
        call.emit("subscription_schedule.updated", call.store.save(body))
    elif turn.ends:
        let_go(call, body, subscription, "completed")
        return bool(body["end_behavior"] != "cancel")
    return True


def _update_current(call: Call, body: dict[str, Any], subscription: dict[str, Any]) -> None:
    """The subscription follows its current phase; `proration_behavior` says what becomes of the difference."""
    at = now(call.store, subscription["customer"])
    was = copied(subscription)
    items = phase_entering.update_current(call, body, subscription, body["phases"][0], at)
    behavior = call.params.get("proration_behavior", "create_prorations")
    lines = prorations.lines(call, *items, at) if behavior != "none" else []
    if lines and behavior == "always_invoice":
        lines = invoice_items.take_waiting(call, subscription) + lines
        invoice = subscription_invoices.issue(call, subscription, lines, "subscription_update")
        invoice_lifecycle.finalize(call, invoice)
        if subscription_payments.collect(call, invoice, on_session=False):
            subscription["status"] = "past_due"
    else:
        invoice_items.wait(call, subscription, lines)
    if subscription != was:
        call.emit("customer.subscription.updated", call.store.save(subscription))


def _running(call: Call, verb: str) -> dict[str, Any]:
    body = find(call, "subscription_schedule", call.path_ids[0])
    if body["status"] not in _RUNNING:
        message = (
            f"You cannot {verb} a subscription schedule that is currently in the `{body['status']}` status."
        )
        raise invalid(message)
    return body
