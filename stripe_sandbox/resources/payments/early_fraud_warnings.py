"""Early fraud warnings: a card's issuer says that a charge may be fraudulent, often before it is disputed.

https://docs.stripe.com/disputes/measuring#early-fraud-warnings
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/radar/early_fraud_warnings"
KIND = "radar.early_fraud_warning"
TYPES = (
    "misc",
    "card_never_received",
    "fraudulent_card_application",
    "made_with_counterfeit_card",
    "made_with_lost_card",
    "made_with_stolen_card",
    "unauthorized_use_of_card",
)


@handles("GET", _PATH + "/{early_fraud_warning}")
def retrieve(call: Call) -> dict[str, Any]:
    return _as_it_stands(call, find(call, KIND, call.path_ids[0]))


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    found = listing(call, KIND, _PATH, "charge", "payment_intent")
    return found | {"data": [_as_it_stands(call, one) for one in found["data"]]}


def warn(call: Call, charge_id: str, fraud_type: str = "misc") -> dict[str, Any]:
    """The issuer warns of a charge. Raises 400 for an unknown type of fraud."""
    if fraud_type not in TYPES:
        raise invalid(f"fraud_type is one of {', '.join(TYPES)}.", param="fraud_type")
    charge = find(call, "charge", charge_id)
    body = blank(
        KIND,
        id=new_id("issfr"),
        charge=charge["id"],
        created=now(),
        fraud_type=fraud_type,
        payment_intent=charge["payment_intent"],
    )
    body = _as_it_stands(call, body)
    call.emit(f"{KIND}.created", call.store.add(body))
    return body


def _as_it_stands(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """`actionable` while its charge is neither disputed nor refunded in full (SDK, the field of that name)."""
    charge = find(call, "charge", body["charge"])
    return body | {"actionable": not charge["disputed"] and not charge["refunded"]}
