"""Discounts: coupons and promotion codes that were redeemed, for a subscription or for all of a customer's invoices.

A subscription's own discounts win over its customer's (https://docs.stripe.com/api/invoices/create_preview: it
"inherits the discount from the subscription or customer"). One that is given `once` is used up by the first invoice
(https://github.com/stripe/stripe-go/issues/944), a repeating one ends after its months.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, missing
from stripe_sandbox.resources.billing import coupons, promotion_codes
from stripe_sandbox.resources.billing.periods import months_after
from stripe_sandbox.resources.common import find
from stripe_sandbox.store import new_id

MOST = 20
"""Discounts that one thing can have: unverified."""


@handles("DELETE", "/v1/customers/{customer}/discount")
def delete_of_customer(call: Call) -> dict[str, Any]:
    """Take the discount of a customer away. Raises 404 where there is none."""
    customer = find(call, "customer", call.path_ids[0])
    if customer["discount"] is None:
        raise missing("discount", customer["id"])
    return _end(call, customer["discount"])


@handles("DELETE", "/v1/subscriptions/{subscription_exposed_id}/discount")
def delete_of_subscription(call: Call) -> dict[str, Any]:
    """Take the discounts of a subscription away. Raises 404 where there are none."""
    subscription = find(call, "subscription", call.path_ids[0])
    if not subscription["discounts"]:
        raise missing("discount", subscription["id"])
    ended = [_end(call, one) for one in listed(call, subscription["discounts"])]
    call.emit("customer.subscription.updated", find(call, "subscription", subscription["id"]))
    return ended[-1]


def redeem(
    call: Call, wanted: list[dict[str, Any]] | str, subscription: dict[str, Any], amount: int
) -> list[str]:
    """What `discounts` asks for, as the subscription's discounts from now on; an empty text is none.

    The list takes the place of what was there (https://docs.stripe.com/api/subscriptions/update). `amount` is what a
    period costs. Raises 400 for what can't be redeemed.
    """
    if len(wanted) > MOST:
        raise invalid(f"You can have up to {MOST} discounts.", param="discounts")
    made = [
        _redeemed(call, one, subscription, amount, f"discounts[{index}]")
        for index, one in enumerate(wanted or [])
        if isinstance(one, dict)
    ]
    for gone in listed(call, [id_ for id_ in subscription["discounts"] if id_ not in made]):
        call.emit("customer.discount.deleted", gone)
    return made


def give(call: Call, customer: dict[str, Any], coupon: str) -> dict[str, Any]:
    """Give a customer a discount on all invoices, as the dashboard does; no parameter of this API version can."""
    body = find(call, "coupon", coupon, "coupon")
    coupons.redeem(call, body, now(call.store, customer["id"]), "coupon")
    customer["discount"] = _begin(call, body, customer["id"], subscription=None, promotion_code=None)
    call.emit("customer.updated", call.store.save(customer))
    return customer


def listed(call: Call, ids: list[str]) -> list[dict[str, Any]]:
    """The discounts of these ids."""
    return [find(call, "discount", id_) for id_ in ids]


def coupon_of(call: Call, discount: dict[str, Any]) -> dict[str, Any]:
    """The coupon that was redeemed; one that was deleted since goes on as it was."""
    found = call.store.get(discount["source"]["coupon"])
    if found is None:
        raise missing("coupon", discount["source"]["coupon"])
    return found


def in_force(call: Call, payer: dict[str, Any], customer: dict[str, Any], at: int) -> list[dict[str, Any]]:
    """The discounts of an invoice that is made at a moment, in their order: the payer's, or else the customer's."""
    own = listed(call, payer.get("discounts", []))
    given = [find(call, "discount", customer["discount"]["id"])] if customer["discount"] else []
    return [one for one in own or given if one["end"] is None or at < one["end"]]


def consume(call: Call, invoice: dict[str, Any], subscription: dict[str, Any] | None) -> None:
    """Let those end that this invoice has used up, and those whose months are over; the subscription is the caller's
    to save. That an invoice of prorations alone uses one up, too: unverified."""
    used = listed(call, invoice["discounts"])
    own = listed(call, subscription["discounts"]) if subscription else []
    over = [one for one in own if one["end"] is not None and one["end"] <= invoice["created"]]
    for one in [*over, *(one for one in used if coupon_of(call, one)["duration"] == "once")]:
        if subscription and one["id"] in subscription["discounts"]:
            subscription["discounts"].remove(one["id"])
            call.emit("customer.discount.deleted", one)
        elif one["subscription"] is None:
            _end(call, one)


def _redeemed(
    call: Call, wanted: dict[str, Any], subscription: dict[str, Any], amount: int, param: str
) -> str:
    if len(wanted) != 1:
        raise invalid("You must pass one of coupon, discount and promotion_code.", param=param)
    if "discount" in wanted:
        kept = find(call, "discount", wanted["discount"], f"{param}[discount]")
        if kept["id"] not in subscription["discounts"]:
            raise missing("discount", kept["id"], f"{param}[discount]")
        return str(kept["id"])
    customer, code = subscription["customer"], None
    if "promotion_code" in wanted:
        code = find(call, "promotion_code", wanted["promotion_code"], f"{param}[promotion_code]")
        promotion_codes.redeem(call, code, customer, amount, f"{param}[promotion_code]")
    coupon = find(call, "coupon", code["promotion"]["coupon"] if code else wanted["coupon"], param)
    coupons.redeem(call, coupon, now(call.store, customer), param)
    made = _begin(
        call,
        coupon,
        customer,
        subscription=subscription["id"],
        promotion_code=code["id"] if code else None,
    )
    return str(made["id"])


def _begin(
    call: Call,
    coupon: dict[str, Any],
    customer: str,
    *,
    subscription: str | None,
    promotion_code: str | None,
) -> dict[str, Any]:
    at, months = now(call.store, customer), coupon["duration_in_months"]
    made = blank(
        "discount",
        id=new_id("di"),
        customer=customer,
        end=months_after(datetime.fromtimestamp(at, UTC), months) if months else None,
        promotion_code=promotion_code,
        source={"coupon": coupon["id"], "type": "coupon"},
        start=at,
        subscription=subscription,
    )
    call.emit("customer.discount.created", call.store.add(made))
    return made


def _end(call: Call, discount: dict[str, Any]) -> dict[str, Any]:
    """Take a discount from what it is on."""
    if discount["subscription"]:
        owner = find(call, "subscription", discount["subscription"])
        owner["discounts"] = [id_ for id_ in owner["discounts"] if id_ != discount["id"]]
        call.store.save(owner)
    else:
        owner = find(call, "customer", discount["customer"])
        owner["discount"] = None
        call.emit("customer.updated", call.store.save(owner))
    call.emit("customer.discount.deleted", discount)
    return discount | {"deleted": True}
