"""`/_sandbox/clock`: what time it is for a customer, and moving it ahead."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from stripe_sandbox import clock, moving
from stripe_sandbox.control import blueprint, sandbox, wanted
from stripe_sandbox.errors import invalid, missing

_DAY = 86_400


@blueprint.get("/clock")
def show_clock() -> ResponseReturnValue:
    """The time of `customer`, and what comes next."""
    return jsonify(_as_json(_known(request.args.get("customer", ""))))


@blueprint.post("/clock")
def move_clock() -> ResponseReturnValue:
    """Move `customer`, or everyone who is on no test clock, ahead by `days` or `to` a moment in seconds since 1970.

    Or, with `next`, to what time does next to the customer. What is due on the way happens before this answers.
    """
    asked = wanted()
    if "customer" in asked:
        customer = _known(asked["customer"])
        done = _move(customer, asked)
        return jsonify(_as_json(customer) | {"done": done})
    if asked.get("next"):
        raise invalid("Say whose next: customer.", param="customer")
    everyone = [one["id"] for one in sandbox().store.all("customer", {"test_clock": None})]
    return jsonify(done=sum(_move(customer, asked) for customer in everyone))


def _move(customer: str, asked: dict[str, Any]) -> int:
    if asked.get("next"):
        return moving.move_to_next(sandbox(), customer)
    now = clock.now(sandbox().store, customer)
    to = asked.get("to", now + _whole(asked.get("days", 0), "days") * _DAY)
    if _whole(to, "to") == now or to > now + moving.FARTHEST:
        raise invalid("Say how far: days, or to, and at most five years from now.", param="days")
    if to < now and sandbox().store.all("subscription", {"customer": customer}):
        raise invalid("Time goes back only for a customer without subscriptions.", param="to")
    return moving.move(sandbox(), customer, to)


def _as_json(customer: str) -> dict[str, Any]:
    store = sandbox().store
    due = moving.coming(store, customer)
    return {
        "customer": customer,
        "now": clock.now(store, customer),
        "next": {"at": due[0], "object": due[1]} if due else None,
    }


def _known(id_: object) -> str:
    found = sandbox().store.get(str(id_), "customer")
    if found is None:
        raise missing("customer", str(id_), "customer")
    return str(found["id"])


def _whole(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(f"{name} is a whole number.", param=name)
    return value
