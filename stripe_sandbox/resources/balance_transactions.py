"""Balance transactions: what moved the account's balance, and what Stripe kept of it."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now

FEE_PERCENT, FEE_FIXED = 2.9, 30
_CATEGORIES = {"adjustment": "dispute"}
_PATH = "/v1/balance_transactions"


@handles("GET", _PATH + "/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "balance_transaction", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "balance_transaction", _PATH, "currency", "source", "type")


def record(call: Call, source: dict[str, Any], amount: int, type_: str) -> dict[str, Any]:
    """A movement of `amount` cents, less than zero where money goes out. Only charges cost a fee."""
    fee = round(amount * FEE_PERCENT / 100) + FEE_FIXED if type_ == "charge" else 0
    return call.store.add(
        blank(
            "balance_transaction",
            id=new_id("txn"),
            amount=amount,
            available_on=now(),
            balance_type="payments",
            created=now(),
            currency=source["currency"],
            description=source.get("description"),
            fee=fee,
            net=amount - fee,
            reporting_category=_CATEGORIES.get(type_, type_),
            source=source["id"],
            status="available",
            type=type_,
        )
    )
