"""Charges: what a card was charged, or was to be."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import Decline
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import radar_sessions, statement_descriptors
from stripe_sandbox.search import search
from stripe_sandbox.store import new_id

_PATH = "/v1/charges"
_CARD = "payment_method_details.card."
_SEARCHED = frozenset({"amount", "created", "currency", "customer", "disputed", "refunded", "status"}) | {
    _CARD + name for name in ("brand", "exp_month", "exp_year", "fingerprint", "last4")
}
_SOMETIMES = ("refunds", "source", "radar_options", "level3", "presentment_details")
_CHANGEABLE = ("description", "metadata", "receipt_email", "transfer_group")
_OWN = frozenset({"checks", "networks", "wallet"})


@handles("GET", _PATH + "/{charge}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "charge", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "charge", _PATH, "customer", "payment_intent")


@handles("GET", _PATH + "/search")
def search_(call: Call) -> dict[str, Any]:
    return search(call.store, "charge", _PATH + "/search", call.params, _SEARCHED)


@handles("POST", _PATH + "/{charge}")
def update(call: Call) -> dict[str, Any]:
    body = assign(find(call, "charge", call.path_ids[0]), call.params, *_CHANGEABLE)
    if "fraud_details" in call.params:
        known = body["fraud_details"] or part_of("Charge", "FraudDetails")
        body["fraud_details"] = known | call.params["fraud_details"]
    call.emit("charge.updated", call.store.save(body))
    return body


def add(
    call: Call, intent: dict[str, Any], method: dict[str, Any], decline: Decline | None = None
) -> dict[str, Any]:
    """A new charge for a payment intent, declined or not; nothing is paid yet.

    A card that no one has saved is used up by it (see `payment_methods.usable`).
    """
    if method["customer"] is None:
        call.store.mark(method["id"], used=True)
    body = blank(
        "charge",
        id=new_id("ch"),
        created=now(call.store, intent["customer"]),
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
        statement_descriptor=intent["statement_descriptor"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        calculated_statement_descriptor=statement_descriptors.calculated(
            intent["statement_descriptor_suffix"] or intent["statement_descriptor"]
        ),
        status="failed" if decline else "succeeded",
        outcome=_outcome(decline),
        failure_code=decline.code if decline else None,
        failure_message=decline.message if decline else None,
    )
    sometimes = {name: None for name in _SOMETIMES if name in body}
    return call.store.add(body | sometimes | radar_sessions.on_charge(call.params))


def _outcome(decline: Decline | None) -> dict[str, Any]:
    """What the bank said, and Stripe of the risk (https://docs.stripe.com/declines)."""
    outcome = part_of("Charge", "Outcome") | {
        "network_status": "approved_by_network",
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    if decline:
        reason = decline.decline_code or decline.code
        outcome |= {
            "advice_code": decline.advice_code,
            "network_decline_code": decline.network_decline_code,
            "network_status": "declined_by_network",
            "reason": reason,
            "seller_message": f"The bank returned the decline code `{reason}`.",
            "type": "issuer_declined",
        }
    return outcome


def _card_details(card: dict[str, Any]) -> dict[str, Any]:
    details = dict.fromkeys(part_of("Charge", "PaymentMethodDetails"))
    own = part_of("Charge", "PaymentMethodDetails", "Card")
    own |= {name: card[name] for name in own if name in card and name not in _OWN}
    return {**details, "type": "card", "card": own}
