"""The account's balance: the sum of all that moved it (https://docs.stripe.com/api/balance)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles

_SOMETIMES = ("connect_reserved", "instant_available", "issuing", "refund_and_dispute_prefunding")


@handles("GET", "/v1/balance")
def retrieve(call: Call) -> dict[str, Any]:
    body = blank("balance", available=_sums(call), pending=[])
    return {**body, **{name: None for name in _SOMETIMES if name in body}}


def _sums(call: Call) -> list[dict[str, Any]]:
    rows = call.store.execute(
        "SELECT json_extract(body, '$.currency'), sum(json_extract(body, '$.net')) FROM object"
        " WHERE kind = 'balance_transaction' GROUP BY 1 ORDER BY 1"
    )
    types = part_of("Balance", "Available", "SourceTypes")
    return [
        {"amount": net, "currency": currency, "source_types": {**types, "card": net}}
        for currency, net in rows or [("usd", 0)]
    ]
