"""Charges and balance transactions."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing


@handles("GET", "/v1/charges/{charge}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "charge", call.path_ids[0])


@handles("GET", "/v1/charges")
def list_(call: Call) -> dict[str, Any]:
    wanted = {"customer": call.params.get("customer"), "payment_intent": call.params.get("payment_intent")}
    return listing(call, "charge", "/v1/charges", **wanted)


@handles("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(call: Call) -> dict[str, Any]:
    return find(call, "balance_transaction", call.path_ids[0])
