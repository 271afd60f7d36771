"""Refunds (https://docs.stripe.com/refunds)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now


@handles("POST", "/v1/refunds")
def create(call: Call) -> dict[str, Any]:
    charge = _charge(call)
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = call.params.get("amount", left)
    if not 0 < amount <= left:
        raise invalid(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge (${left / 100:.2f})",
            param="amount",
        )
    pending = call.store.hidden(charge["id"]).get("refund") == "pending"
    body = blank(
        "refund",
        id=new_id("re"),
        amount=amount,
        charge=charge["id"],
        created=now(),
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=call.params.get("reason"),
        status="pending" if pending else "succeeded",
    )
    body["destination_details"] = None
    for name in ("next_action", "presentment_details"):
        if name in body:
            body[name] = None
    call.store.add(assign(body, call.params, "metadata"))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.store.save(charge)
    call.emit("refund.created", body)
    call.emit("charge.refunded", charge)
    return body


@handles("GET", "/v1/refunds/{refund}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "refund", call.path_ids[0])


@handles("GET", "/v1/refunds")
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "refund", "/v1/refunds", "charge", "payment_intent")


def settle(call: Call, refund_id: str, *, succeeded: bool) -> dict[str, Any]:
    """Let a refund succeed, or fail, which may happen long after it had succeeded."""
    body = find(call, "refund", refund_id)
    body["status"] = "succeeded" if succeeded else "failed"
    if not succeeded:
        body["failure_reason"] = "expired_or_canceled_card"
        charge = find(call, "charge", body["charge"])
        charge["amount_refunded"] -= body["amount"]
        charge["refunded"] = False
        call.store.save(charge)
    call.store.save(body)
    call.emit("refund.updated" if succeeded else "refund.failed", body)
    return body


def _charge(call: Call) -> dict[str, Any]:
    if "payment_intent" in call.params:
        intent = find(call, "payment_intent", call.params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise invalid(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        return find(call, "charge", intent["latest_charge"])
    return find(call, "charge", call.params.get("charge", ""), "charge")
