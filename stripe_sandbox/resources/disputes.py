"""Disputes and inquiries (https://docs.stripe.com/disputes/how-disputes-work)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, unexpected_state
from stripe_sandbox.resources import balance_transactions
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now

_SOMETIMES = ("payment_method_details", "smart_disputes")
_CLOSED = {"won", "lost", "warning_closed"}


@handles("GET", "/v1/disputes/{dispute}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "dispute", call.path_ids[0])


@handles("GET", "/v1/disputes")
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "dispute", "/v1/disputes", "charge", "payment_intent")


def open_for(call: Call, charge: dict[str, Any], *, inquiry: bool = False) -> dict[str, Any]:
    """The cardholder disputes a charge: its amount is withdrawn at once. An inquiry only asks, and moves nothing."""
    body = blank(
        "dispute",
        id=new_id("du"),
        amount=charge["amount"],
        charge=charge["id"],
        created=now(),
        currency=charge["currency"],
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="warning_needs_response" if inquiry else "needs_response",
    )
    body |= {name: None for name in _SOMETIMES if name in body}
    call.store.add(body)
    if inquiry:
        call.emit("charge.dispute.created", body)
        return body
    charge["disputed"] = True
    call.store.save(charge)
    call.emit("charge.dispute.created", body)
    _move(call, body, -body["amount"])
    call.emit("charge.dispute.funds_withdrawn", body)
    return body


def close(call: Call, dispute_id: str, outcome: str) -> dict[str, Any]:
    """The bank decides: `won` gives the money back, `lost` keeps it; an inquiry just ends, as `warning_closed`."""
    body = find(call, "dispute", dispute_id)
    possible = {"warning_closed"} if body["status"].startswith("warning_") else {"won", "lost"}
    if outcome not in possible:
        raise invalid(f"outcome is {' or '.join(sorted(possible))}.", param="outcome")
    if body["status"] in _CLOSED:
        raise unexpected_state("dispute", body, "close")
    body["status"] = outcome
    call.store.save(body)
    if outcome == "won":
        _move(call, body, body["amount"])
        call.emit("charge.dispute.funds_reinstated", body)
    call.emit("charge.dispute.closed", body)
    return body


def _move(call: Call, body: dict[str, Any], amount: int) -> None:
    body["balance_transactions"].append(balance_transactions.record(call, body, amount, "adjustment"))
    call.store.save(body)
