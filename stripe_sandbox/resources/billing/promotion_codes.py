"""Promotion codes: what customers type to redeem a coupon (https://docs.stripe.com/api/promotion_codes)."""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.clock import now as now_for
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/promotion_codes"
_ONE = _PATH + "/{promotion_code}"
_CODE = re.compile(r"[A-Za-z0-9-]{1,500}", re.ASCII)
_LIMITS = (("max_redemptions", "max_redemptions"), ("expires_at", "redeem_by"))
"""What a code limits, and what its coupon does: never more than that."""


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 400 for a code that is in use, or that allows more than its coupon does."""
    params = call.params
    coupon = find(call, "coupon", params["promotion"].get("coupon", ""), "promotion[coupon]")
    code = params.get("code") or new_id("", 8)[1:].upper()
    if not _CODE.fullmatch(code):
        raise invalid("Codes are of letters, digits and dashes.", param="code")
    customer = find(call, "customer", params["customer"], "customer")["id"] if "customer" in params else None
    for other in call.store.all("promotion_code", {"active": True}):
        if other["code"].lower() == code.lower() and customer in {other["customer"], None}:
            message = "An active promotion code with this code already exists."
            raise invalid(message, code="resource_already_exists", param="code")
    for name, of_coupon in _LIMITS:
        if name in params and coupon[of_coupon] is not None and params[name] > coupon[of_coupon]:
            raise invalid(f"Its {name} can't be above the coupon's {of_coupon}.", param=name)
    restrictions = {
        "currency_options": {},
        "first_time_transaction": False,
        "minimum_amount": None,
        "minimum_amount_currency": None,
    }
    body = blank(
        "promotion_code",
        id=new_id("promo"),
        active=params.get("active", True),
        code=code,
        created=now(),
        customer=customer,
        promotion={"coupon": coupon["id"], "type": params["promotion"]["type"]},
        restrictions=restrictions | params.get("restrictions", {}),
        times_redeemed=0,
    )
    call.store.add(assign(body, params, "expires_at", "max_redemptions", "metadata"))
    call.emit("promotion_code.created", body)
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "promotion_code", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    where = {"promotion.coupon": call.params["coupon"]} if "coupon" in call.params else {}
    return listing(call, "promotion_code", _PATH, "active", "code", "customer", **where)


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    body = assign(find(call, "promotion_code", call.path_ids[0]), call.params, "active", "metadata")
    call.emit("promotion_code.updated", call.store.save(body))
    return body


def redeem(call: Call, body: dict[str, Any], customer: str, amount: int, param: str) -> None:
    """Count a redemption by a customer for something of this amount. Raises 400 where its restrictions forbid it."""
    at, rules, most = now_for(call.store, customer), body["restrictions"], body["max_redemptions"]
    is_over = body["expires_at"] is not None and at > body["expires_at"]
    if not body["active"] or is_over or (most is not None and body["times_redeemed"] >= most):
        raise _refused("This promotion code is inactive or has expired.", param)
    if body["customer"] not in {None, customer}:
        raise _refused("This promotion code is another customer's.", param)
    if rules["minimum_amount"] and amount < rules["minimum_amount"]:
        raise _refused("The minimum amount of this promotion code is not reached.", param)
    if rules["first_time_transaction"] and _has_paid(call, customer):
        message = "This promotion code is for customers who have paid nothing before."
        raise _refused(message, param)
    body["times_redeemed"] += 1
    call.emit("promotion_code.updated", call.store.save(body))


def _has_paid(call: Call, customer: str) -> bool:
    paid = call.store.all("invoice", {"customer": customer, "status": "paid"})
    taken = call.store.all("payment_intent", {"customer": customer, "status": "succeeded"})
    return bool(taken) or any(one["amount_paid"] for one in paid)


def _refused(message: str, param: str) -> ApiError:
    return invalid(message, code="promotion_code_invalid", param=param)
