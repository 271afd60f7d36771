"""Test clocks (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).

An advance is only begun here: `moving` carries it out.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import CLOCK
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import periods
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.resources.customers import customers
from stripe_sandbox.store import Store, new_id, now

_PATH = "/v1/test_helpers/test_clocks"
_ONE = _PATH + "/{test_clock}"
_KEPT_FOR = 7 * 86_400
"""Seconds until Stripe deletes a clock by itself (https://docs.stripe.com/api/test_clocks/object); here none is."""
_INTERVALS = 2
_YEARS = 2


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    body = blank(
        CLOCK,
        id=new_id("clock"),
        created=now(),
        deletes_after=now() + _KEPT_FOR,
        frozen_time=call.params["frozen_time"],
        name=call.params.get("name"),
        status="ready",
    )
    call.store.add(body)
    call.emit(f"{CLOCK}.created", body)
    if "customer" in call.params:
        _attach(call, find(call, "customer", call.params["customer"], "customer"), body["id"])
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, CLOCK, call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, CLOCK, _PATH)


@handles("POST", _ONE + "/advance")
def advance(call: Call) -> dict[str, Any]:
    """Raises 400 for a time that isn't later, or is farther away than the API goes in one step."""
    body = find(call, CLOCK, call.path_ids[0])
    to = call.params["frozen_time"]
    if body["status"] != "ready":
        raise invalid("Test clock advancement underway - cannot perform modifications.")
    if to <= body["frozen_time"]:
        message = f"The frozen time must be after the clock's current frozen time, {body['frozen_time']}."
        raise invalid(message, param="frozen_time")
    latest = _latest(call, body)
    if to > latest:
        message = (
            f"Cannot advance the clock beyond {latest}: that is {_INTERVALS} intervals of its shortest subscription, "
            f"or {_YEARS} years where it has none."
        )
        raise invalid(message, param="frozen_time")
    body["status"] = "advancing"
    body["status_details"]["advancing"] = {"target_frozen_time": to}
    call.emit(f"{CLOCK}.advancing", call.store.save(body))
    return body


@handles("DELETE", _ONE)
def delete(call: Call) -> dict[str, Any]:
    """Its customers are gone with it, and their subscriptions end."""
    body = find(call, CLOCK, call.path_ids[0])
    for customer in _customers(call, body):
        customers.remove(call, customer)
    call.store.remove(body["id"])
    call.emit(f"{CLOCK}.deleted", body)
    return {"id": body["id"], "object": CLOCK, "deleted": True}


def put(store: Store, id_: str, moment: int) -> None:
    """Let a clock show a moment; it never goes back."""
    body = store.get(id_, CLOCK)
    if body:
        store.save(body | {"frozen_time": max(moment, body["frozen_time"])})


def arrive(call: Call, id_: str, status: str) -> dict[str, Any]:
    """End an advance: the clock is `ready`, or stopped on the way by an `internal_failure`."""
    body = find(call, CLOCK, id_)
    body["status"] = status
    body["status_details"]["advancing"] = None
    call.emit(f"{CLOCK}.{status}", call.store.save(body))
    return body


def _latest(call: Call, body: dict[str, Any]) -> int:
    """How far a clock can be advanced in one step."""
    start = int(body["frozen_time"])
    running = [
        item["price"]["recurring"]
        for customer in _customers(call, body)
        for one in call.store.all("subscription", {"customer": customer["id"]})
        if not one["ended_at"]
        for item in one["items"]["data"]
    ]
    lengths = [{**one, "interval_count": one["interval_count"] * _INTERVALS} for one in running]
    years = {"interval": "year", "interval_count": _YEARS}
    return min(periods.period_end(start, one, start) for one in lengths or [years])


def _customers(call: Call, body: dict[str, Any]) -> list[dict[str, Any]]:
    return call.store.all("customer", {"test_clock": body["id"]})


def _attach(call: Call, customer: dict[str, Any], clock: str) -> None:
    """Hang a customer on a clock, with all that is billed to them. Raises 400 for one who hangs on another."""
    if customer["test_clock"]:
        raise invalid("This customer is already attached to a test clock.", param="customer")
    billed = [
        one
        for kind in ("subscription", "subscription_schedule", "invoice", "invoiceitem")
        for one in call.store.all(kind, {"customer": customer["id"]})
    ]
    for one in [customer, *billed]:
        call.store.save(one | {"test_clock": clock})
