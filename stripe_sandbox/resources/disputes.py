"""Disputes (https://docs.stripe.com/disputes)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now


@handles("GET", "/v1/disputes/{dispute}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "dispute", call.path_ids[0])


@handles("GET", "/v1/disputes")
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "dispute", "/v1/disputes", "charge", "payment_intent")


def open_for(call: Call, charge: dict[str, Any]) -> dict[str, Any]:
    """The cardholder disputes a charge: its amount is withdrawn at once."""
    body = blank(
        "dispute",
        id=new_id("du"),
        amount=charge["amount"],
        charge=charge["id"],
        created=now(),
        currency=charge["currency"],
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response",
    )
    for name in ("payment_method_details", "smart_disputes"):
        if name in body:
            body[name] = None
    call.store.add(body)
    charge["disputed"] = True
    call.store.save(charge)
    call.emit("charge.dispute.created", body)
    call.emit("charge.dispute.funds_withdrawn", body)
    return body


def close(call: Call, dispute_id: str, outcome: str) -> dict[str, Any]:
    """The bank decides: `won` gives the money back, `lost` keeps it."""
    if outcome not in {"won", "lost"}:
        raise invalid("outcome is won or lost.", param="outcome")
    body = find(call, "dispute", dispute_id)
    body["status"] = outcome
    call.store.save(body)
    if outcome == "won":
        call.emit("charge.dispute.funds_reinstated", body)
    call.emit("charge.dispute.closed", body)
    return body
