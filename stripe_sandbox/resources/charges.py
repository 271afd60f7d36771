"""Charges: what a card was charged, or was to be."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now

_SOMETIMES = ("refunds", "source", "radar_options", "level3", "presentment_details")
_OWN = frozenset({"checks", "networks", "wallet"})


@handles("GET", "/v1/charges/{charge}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "charge", call.path_ids[0])


@handles("GET", "/v1/charges")
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "charge", "/v1/charges", "customer", "payment_intent")


def add(call: Call, intent: dict[str, Any], method: dict[str, Any], status: str) -> dict[str, Any]:
    """A new charge for a payment intent; nothing is paid yet."""
    body = blank(
        "charge",
        id=new_id("ch"),
        created=now(),
        amount=intent["amount"],
        billing_details=method["billing_details"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=intent["metadata"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_card_details(method["card"]),
        receipt_email=intent["receipt_email"],
        status=status,
    )
    return call.store.add(body | {name: None for name in _SOMETIMES if name in body})


def _card_details(card: dict[str, Any]) -> dict[str, Any]:
    details = dict.fromkeys(part_of("Charge", "PaymentMethodDetails"))
    own = part_of("Charge", "PaymentMethodDetails", "Card")
    own |= {name: card[name] for name in own if name in card and name not in _OWN}
    return {**details, "type": "card", "card": own}
