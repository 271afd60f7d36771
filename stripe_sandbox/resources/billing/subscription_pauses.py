"""Pausing: of collection, while the periods go on, or of the whole subscription, whose periods stand still.

https://docs.stripe.com/billing/subscriptions/pause-payment, https://docs.stripe.com/billing/subscriptions/pause
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import (
    invoice_items,
    invoice_lifecycle,
    prorations,
    subscription_invoices,
    subscription_payments,
)
from stripe_sandbox.resources.common import find

_ONE = "/v1/subscriptions/{subscription}"


@handles("POST", _ONE + "/pause")
def pause(call: Call) -> dict[str, Any]:
    """Raises 400 for a subscription that isn't active, or has a schedule.

    Unused time is credited on the next invoice, unless `bill_for[unused_time_from][type]` is `none`.
    """
    body = find(call, "subscription", call.path_ids[0])
    if body["status"] != "active":
        raise invalid(f"You can't pause a subscription that is {body['status']}.")
    if body["schedule"]:
        raise invalid("You can't pause a subscription that has a subscription schedule.")
    at = now(call.store, body["customer"])
    credited_from = call.params.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    if credited_from == "now":
        invoice_items.wait(call, body, prorations.lines(call, body["items"]["data"], [], at))
    elif credited_from != "none":
        raise invalid("The stand-in credits from now, or nothing.", param="bill_for[unused_time_from][type]")
    why = {"subscription": {"type": "pause_requested"}, "transitioned_at": at, "type": "subscription"}
    body.update(status="paused", status_details={"paused": why})
    call.emit("customer.subscription.updated", call.store.save(body))
    call.emit("customer.subscription.paused", body)
    return body


@handles("POST", _ONE + "/resume")
def resume(call: Call) -> dict[str, Any]:
    """Begin a new cycle now and charge for it; it stays paused where that fails. Raises 400 where it isn't paused."""
    body = find(call, "subscription", call.path_ids[0])
    if body["status"] != "paused":
        raise invalid("You can only resume a subscription that is paused.")
    at, items = now(call.store, body["customer"]), body["items"]["data"]
    if call.params.get("billing_cycle_anchor", {}).get("type", "now") != "now":
        raise invalid("The stand-in resumes with a new cycle.", param="billing_cycle_anchor[type]")
    prorations.put_in_period(items, at, at)
    lines = invoice_items.take_waiting(call, body) + prorations.whole_periods(call, items)
    invoice = subscription_invoices.issue(call, body, lines, "subscription_update")
    invoice_lifecycle.finalize(call, invoice)
    if subscription_payments.collect(call, invoice, on_session=False) is None:
        body.update(status="active", status_details=None, billing_cycle_anchor=at)
        call.emit("customer.subscription.resumed", body)
    call.emit("customer.subscription.updated", call.store.save(body))
    return body


def pause_collection(call: Call, body: dict[str, Any]) -> None:
    """Let collection pause as a call's `pause_collection` says, or go on where that is empty."""
    if "pause_collection" not in call.params:
        return
    asked = call.params["pause_collection"] or None
    body["pause_collection"] = asked and part_of("Subscription", "PauseCollection") | {
        "behavior": asked["behavior"],
        "resumes_at": asked.get("resumes_at"),
    }


def collects_again(body: dict[str, Any], at: int) -> bool:
    """Let collection go on where it was to by now; whether it was."""
    paused = body["pause_collection"]
    if paused is None or not paused["resumes_at"] or paused["resumes_at"] > at:
        return False
    body["pause_collection"] = None
    return True
