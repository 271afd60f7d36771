"""Tax rates that are set by hand (https://docs.stripe.com/billing/taxes/tax-rates)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/tax_rates"
_ONE = _PATH + "/{tax_rate}"
MOST = 5
"""Rates that a line or an invoice can have (https://docs.stripe.com/invoicing/taxes/tax-rates)."""
_FIELDS = ("country", "description", "display_name", "jurisdiction", "metadata", "state", "tax_type")


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 400 for a percentage below 0 or above 100, or of more than four decimal places."""
    percentage = call.params["percentage"]
    if not 0 <= percentage <= 100 or round(percentage, 4) != percentage:
        raise invalid("Invalid percentage: from 0 to 100 with up to 4 decimal places.", param="percentage")
    body = add(call, percentage, inclusive=call.params["inclusive"], **_described(call.params))
    body["active"] = call.params.get("active", True)
    call.emit("tax_rate.created", call.store.save(body))
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "tax_rate", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "tax_rate", _PATH, "active", "inclusive")


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    """Percentage and kind never change: no parameter of the SDK's update sets them."""
    body = assign(find(call, "tax_rate", call.path_ids[0]), call.params, "active", *_FIELDS)
    call.emit("tax_rate.updated", call.store.save(body))
    return body


def add(call: Call, percentage: float, *, inclusive: bool, **described: Any) -> dict[str, Any]:
    """Add a rate, by hand or of the automatic tax, whose rates are archived immediately: `active` is the caller's."""
    body = blank(
        "tax_rate",
        id=new_id("txr"),
        active=False,
        created=now(),
        effective_percentage=percentage,
        flat_amount=None,
        inclusive=inclusive,
        percentage=percentage,
        rate_type="percentage",
        **described,
    )
    return call.store.add(body)


def chosen(call: Call, ids: list[str] | str, param: str) -> list[dict[str, Any]]:
    """The rates of a parameter; an empty text is none. Raises 400 for too many, and for those that are put away."""
    found = [find(call, "tax_rate", id_, param) for id_ in ids or []]
    if len(found) > MOST:
        raise invalid(f"You can add up to {MOST} tax rates.", param=param)
    for one in found:
        if not one["active"]:
            raise invalid(f"Tax rate {one['id']} is not active.", param=param)
    return found


def _described(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _FIELDS if name in params}
