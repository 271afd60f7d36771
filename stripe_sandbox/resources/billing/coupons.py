"""Coupons: what is taken off an invoice, once, for some months or for good (https://docs.stripe.com/api/coupons)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/coupons"
_ONE = _PATH + "/{coupon}"
_FIELDS = ("max_redemptions", "metadata", "name", "redeem_by")


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 400 unless it takes off either a percentage or an amount of a currency, and for an id that is taken."""
    params = call.params
    id_ = params.get("id") or new_id("", 8)[1:]
    _check(params)
    if call.store.get(id_, "coupon"):
        raise invalid(f"Coupon already exists: {id_}", code="resource_already_exists", param="id")
    body = blank(
        "coupon",
        id=id_,
        created=now(),
        amount_off=params.get("amount_off"),
        applies_to=params.get("applies_to"),
        currency=params["currency"].lower() if "amount_off" in params else None,
        currency_options=None,
        duration=params.get("duration", "once"),
        duration_in_months=params.get("duration_in_months"),
        percent_off=params.get("percent_off"),
        times_redeemed=0,
        valid=True,
    )
    call.store.add(assign(body, params, *_FIELDS))
    call.emit("coupon.created", body)
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "coupon", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "coupon", _PATH)


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    """Name and metadata alone can change (https://docs.stripe.com/api/coupons/update)."""
    body = find(call, "coupon", call.path_ids[0])
    call.emit("coupon.updated", call.store.save(assign(body, call.params, "metadata", "name")))
    return body


@handles("DELETE", _ONE)
def delete(call: Call) -> dict[str, Any]:
    """No one can redeem it any more; a discount that was redeemed stays (https://docs.stripe.com/api/coupons/delete)."""
    body = find(call, "coupon", call.path_ids[0])
    call.store.remove(body["id"])
    call.emit("coupon.deleted", body)
    return {"id": body["id"], "object": "coupon", "deleted": True}


def redeem(call: Call, body: dict[str, Any], at: int, param: str) -> None:
    """Count a redemption. Raises 400 for a coupon that is used up or whose time is over."""
    if not _is_valid(body, at):
        message = f"Coupon expired: {body['id']}"
        raise invalid(message, code="coupon_expired", param=param)
    body["times_redeemed"] += 1
    body["valid"] = _is_valid(body, at)
    call.emit("coupon.updated", call.store.save(body))


def _is_valid(body: dict[str, Any], at: int) -> bool:
    most, until = body["max_redemptions"], body["redeem_by"]
    return (most is None or body["times_redeemed"] < most) and (until is None or at <= until)


def _check(params: dict[str, Any]) -> None:
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must pass either amount_off or percent_off, and not both.", param="percent_off")
    if "percent_off" in params and not 0 < params["percent_off"] <= 100:
        raise invalid("Invalid percent_off: it must be above 0 and at most 100.", param="percent_off")
    if "amount_off" in params and params["amount_off"] <= 0:
        raise invalid("Invalid positive integer", param="amount_off")
    if "amount_off" in params and "currency" not in params:
        raise invalid("Missing required param: currency.", code="parameter_missing", param="currency")
    if params.get("currency_options"):
        raise invalid("The stand-in's coupons are of one currency.", param="currency_options")
    is_repeating = params.get("duration") == "repeating"
    if is_repeating != ("duration_in_months" in params):
        message = "You must pass duration_in_months for repeating coupons, and for no others."
        raise invalid(message, param="duration_in_months")
    if is_repeating and params["duration_in_months"] < 1:
        raise invalid("Invalid positive integer", param="duration_in_months")
