"""Balance transactions: what moved the account's balance, and what Stripe kept of it.

https://docs.stripe.com/reports/balance-transaction-types. Money is available immediately here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now

FEE_PER_MILLE, FEE_FIXED = 29, 30
DISPUTE_FEE = 1500
"""Cents that a dispute costs, won or lost (https://support.stripe.com/questions/dispute-fees-faq)."""
_PATH = "/v1/balance_transactions"


@dataclass(frozen=True, slots=True)
class Movement:
    """Why the balance moves: Stripe's `type`, the `reporting_category`, and words for people."""

    type: str
    category: str
    description: str | None = None
    fee: int = 0
    fee_words: str = ""


@handles("GET", _PATH + "/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "balance_transaction", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "balance_transaction", _PATH, "currency", "source", "type")


def charged(charge: dict[str, Any]) -> Movement:
    """A payment came in; 2.9 % and 30 cents of it stay with Stripe."""
    fee = (charge["amount"] * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED
    return Movement("charge", "charge", charge["description"], fee, "Stripe processing fees")


def refunded() -> Movement:
    """A refund went out; the charge's fee isn't given back."""
    return Movement("refund", "refund", "REFUND FOR CHARGE")


def refund_failed() -> Movement:
    """A refund came back."""
    return Movement("refund_failure", "refund_failure", "REFUND FAILURE")


def dispute_withdrawn(charge_id: str) -> Movement:
    """The bank took a disputed amount, and Stripe its fee on top."""
    words = f"Chargeback withdrawal for {charge_id}"
    return Movement("adjustment", "dispute", words, DISPUTE_FEE, "Dispute fee")


def dispute_reinstated(charge_id: str) -> Movement:
    """A dispute was won: its amount comes back, its fee doesn't."""
    return Movement("adjustment", "dispute_reversal", f"Chargeback reversal for {charge_id}")


def record(call: Call, source: dict[str, Any], amount: int, why: Movement) -> dict[str, Any]:
    """A movement of `amount` cents, less than zero where money goes out; `net` is less by the fee."""
    fees = [
        {
            "amount": why.fee,
            "application": None,
            "currency": source["currency"],
            "description": why.fee_words,
            "type": "stripe_fee",
        }
    ]
    return call.store.add(
        blank(
            "balance_transaction",
            id=new_id("txn"),
            amount=amount,
            available_on=now(),
            balance_type="payments",
            created=now(),
            currency=source["currency"],
            description=why.description,
            fee=why.fee,
            fee_details=fees if why.fee else [],
            net=amount - why.fee,
            reporting_category=why.category,
            source=source["id"],
            status="available",
            type=why.type,
        )
    )
