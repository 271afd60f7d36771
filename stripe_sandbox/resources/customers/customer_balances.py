"""What a customer has in credit or owes, by transactions (https://docs.stripe.com/billing/customer/balance).

Below zero is credit. It is applied to the next invoice that is finalized; no one chooses which, or whether.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, missing
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id

_KIND = "customer_balance_transaction"
_PATH = "/v1/customers/{customer}/balance_transactions"
_ONE = _PATH + "/{transaction}"


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """An adjustment, the only kind made by hand. Raises 400 for zero, and for a currency not the customer's."""
    customer, params = find(call, "customer", call.path_ids[0]), call.params
    currency = params["currency"].lower()
    if params["amount"] == 0:
        raise invalid("Invalid non-zero integer", param="amount")
    if customer["currency"] not in {None, currency}:
        message = f"The customer's currency is {customer['currency']}, not {currency}."
        raise invalid(message, param="currency")
    made = move(call, customer, params["amount"], "adjustment", currency=currency)
    return call.store.save(assign(made, params, "description", "metadata"))


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.path_ids[0])["id"]
    return listing(call, _KIND, _PATH.replace("{customer}", customer), "invoice", customer=customer)


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return _own(call)


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    """Description and metadata alone: what was moved is moved back by another transaction."""
    return call.store.save(assign(_own(call), call.params, "description", "metadata"))


def move(
    call: Call,
    customer: dict[str, Any],
    amount: int,
    type_: str,
    *,
    currency: str | None = None,
    invoice: str | None = None,
) -> dict[str, Any]:
    """Add to a customer's balance, or take from it (below zero), with the transaction that says why."""
    customer["balance"] += amount
    customer["currency"] = customer["currency"] or currency
    call.emit("customer.updated", call.store.save(customer))
    made = blank(
        _KIND,
        id=new_id("cbtxn"),
        amount=amount,
        created=now(call.store, customer["id"]),
        currency=customer["currency"] or "usd",
        customer=customer["id"],
        ending_balance=customer["balance"],
        invoice=invoice,
        type=type_,
    )
    return call.store.add(made)


def _own(call: Call) -> dict[str, Any]:
    customer, id_ = call.path_ids
    body = find(call, _KIND, id_)
    if body["customer"] != customer:
        raise missing(_KIND, id_, "id")
    return body
