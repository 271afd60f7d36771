"""Invoices of subscriptions: what a change or a period costs, less what the customer has in credit."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import statement_descriptors
from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call
from stripe_sandbox.resources import tax_ids
from stripe_sandbox.resources.common import find
from stripe_sandbox.store import new_id

_SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
"""Less than this can't be charged and is carried over (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""


def build(
    call: Call, subscription: dict[str, Any], lines: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    """An invoice of these lines that is kept nowhere yet: a draft, or all of a preview."""
    customer = find(call, "customer", subscription["customer"])
    at = now(call.store, customer["id"])
    total = sum(line["amount"] for line in lines)
    due, ending = _less_credit(total, customer["balance"], subscription["currency"])
    body = blank(
        "invoice",
        id=new_id("in"),
        created=at,
        attempt_count=0,
        auto_advance=True,
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        currency=subscription["currency"],
        customer=customer["id"],
        **tax_ids.on_invoice(call, customer),
        default_payment_method=None,
        period_start=at,
        period_end=at,
        statement_descriptor=statement_descriptors.of_subscription(call, subscription),
        status="draft",
        amount_due=due,
        amount_remaining=due,
        subtotal=total,
        subtotal_excluding_tax=total,
        total=total,
        total_excluding_tax=total,
        starting_balance=customer["balance"],
        ending_balance=ending,
        test_clock=customer["test_clock"],
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
                "subscription_proration_date": None,
            },
            "type": "subscription_details",
        },
    )
    for one in lines:
        one["invoice"] = body["id"]
    body["lines"] |= {"data": lines, "url": f"/v1/invoices/{body['id']}/lines"}
    return body


def issue(
    call: Call, subscription: dict[str, Any], lines: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    """Draft an invoice. The customer's credit moves once it is finalized, and until then it has no `ending_balance`.

    Source: SDK, `Invoice.ending_balance`.
    """
    body = build(call, subscription, lines, reason) | {"ending_balance": None}
    call.emit("invoice.created", call.store.add(body))
    subscription["latest_invoice"] = body["id"]
    return body


def apply_credit(call: Call, invoice: dict[str, Any]) -> None:
    """Take the customer's credit as it is now, or add to it, with a transaction that says so."""
    credit = find(call, "customer", invoice["customer"])["balance"]
    due, ending = _less_credit(invoice["total"], credit, invoice["currency"])
    invoice.update(amount_due=due, amount_remaining=due, starting_balance=credit, ending_balance=ending)
    _move_balance(call, invoice)


def _less_credit(total: int, credit: int, currency: str) -> tuple[int, int]:
    """What is due of a total, and the customer's balance afterwards."""
    due = max(0, total + credit)
    ending = total + credit - due
    return (0, due) if 0 < due < _SMALLEST.get(currency, 1) else (due, ending)


def _move_balance(call: Call, invoice: dict[str, Any]) -> None:
    moved = invoice["ending_balance"] - invoice["starting_balance"]
    if moved == 0:
        return
    customer = find(call, "customer", invoice["customer"])
    customer["balance"] = invoice["ending_balance"]
    call.emit("customer.updated", call.store.save(customer))
    call.store.add(
        blank(
            "customer_balance_transaction",
            id=new_id("cbtxn"),
            amount=moved,
            created=invoice["created"],
            currency=invoice["currency"],
            customer=customer["id"],
            ending_balance=invoice["ending_balance"],
            invoice=invoice["id"],
            type="applied_to_invoice",
        )
    )
