"""What cardholders and their banks do: open a dispute or an inquiry, make one of the other, decide.

https://docs.stripe.com/disputes/how-disputes-work
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid, unexpected_state
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import balance_transactions
from stripe_sandbox.store import new_id, now

DAYS_TO_ANSWER = 16
"""Stripe gives one to three weeks, by card network, until the end of a day in UTC."""
REASONS = frozenset(
    {
        "credit_not_processed",
        "duplicate",
        "fraudulent",
        "general",
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "unrecognized",
    }
)
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
_HOLDS_NOTHING = ("won", "prevented")


def open_for(
    call: Call,
    charge: dict[str, Any],
    *,
    amount: int | None = None,
    inquiry: bool = False,
    reason: str = "fraudulent",
) -> dict[str, Any]:
    """The cardholder disputes `amount` cents of a charge, or what is left of it: they are withdrawn immediately.

    An inquiry only asks, and moves nothing. Raises 400 for more than can be disputed, and for an unknown reason.
    """
    if reason not in REASONS:
        raise invalid(f"reason is one of {', '.join(sorted(REASONS))}.", param="reason")
    body = blank(
        "dispute",
        id=new_id("du"),
        amount=_amount(call, charge, amount),
        charge=charge["id"],
        created=now(),
        currency=charge["currency"],
        evidence_details=_evidence_details(),
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        payment_method_details=_card_of(charge, inquiry=inquiry),
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    body |= {name: None for name in ("smart_disputes",) if name in body}
    call.store.add(body)
    call.emit("charge.dispute.created", body)
    if not inquiry:
        _withdraw(call, body)
    return body


def escalate(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The bank makes a dispute of its inquiry: now the money is withdrawn.

    Raises 400 for what isn't an open inquiry, or where the charge was refunded since (https://docs.stripe.com/disputes/how-disputes-work#inquiries).
    """
    if not is_inquiry(body) or body["status"] in CLOSED:
        raise unexpected_state("dispute", body, "escalate")
    charge = find(call, "charge", body["charge"])
    if charge["refunded"]:
        raise invalid("The charge was refunded: its inquiry can't become a dispute any more.")
    body.update(
        amount=min(body["amount"], charge["amount"] - withdrawn_from(call, charge["id"])),
        evidence_details=_evidence_details(),
        is_charge_refundable=False,
        payment_method_details=_card_of(charge, inquiry=False),
        status="needs_response",
    )
    call.emit("charge.dispute.updated", call.store.save(body))
    _withdraw(call, body)
    return body


def close(call: Call, body: dict[str, Any], outcome: str) -> dict[str, Any]:
    """The bank decides: `won` gives the money back, `lost` keeps it; an inquiry just ends, as `warning_closed`.

    Of a lost dispute comes back what had been refunded as well: no one is paid back twice
    (https://support.stripe.com/questions/dispute-for-full-charge-amount-after-a-partial-refund-was-issued).
    """
    possible = {"warning_closed"} if is_inquiry(body) else {"won", "lost"}
    if outcome not in possible:
        raise invalid(f"outcome is {' or '.join(sorted(possible))}.", param="outcome")
    if body["status"] in CLOSED:
        raise unexpected_state("dispute", body, "close")
    body["status"] = outcome
    call.store.save(body)
    returned = body["amount"] if outcome == "won" else 0
    if outcome == "lost":
        charge = find(call, "charge", body["charge"])
        returned = max(withdrawn_from(call, charge["id"]) + charge["amount_refunded"] - charge["amount"], 0)
    if returned:
        _move(call, body, returned, balance_transactions.dispute_reinstated(body["charge"]))
        call.emit("charge.dispute.funds_reinstated", body)
    call.emit("charge.dispute.closed", body)
    return body


def is_inquiry(body: dict[str, Any]) -> bool:
    return str(body["status"]).startswith("warning_")


def withdrawn_from(call: Call, charge_id: str) -> int:
    """Cents of a charge that disputes hold, or that were lost to them."""
    disputes = call.store.all("dispute", {"charge": charge_id})
    return sum(
        one["amount"] for one in disputes if not is_inquiry(one) and one["status"] not in _HOLDS_NOTHING
    )


def _amount(call: Call, charge: dict[str, Any], wanted: int | None) -> int:
    """A cardholder may dispute again what a part was refunded of, never more than was charged."""
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} was not paid: there is nothing to dispute.", param="charge")
    withdrawn = withdrawn_from(call, charge["id"])
    amount = charge["amount"] - charge["amount_refunded"] - withdrawn if wanted is None else wanted
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise invalid("amount is a whole number of cents.", param="amount")
    if charge["refunded"] or not 0 < amount <= charge["amount"] - withdrawn:
        left = 0 if charge["refunded"] else charge["amount"] - withdrawn
        raise invalid(f"Between 1 and {left} cents of {charge['id']} can be disputed.", param="amount")
    return amount


def _withdraw(call: Call, body: dict[str, Any]) -> None:
    charge = find(call, "charge", body["charge"])
    charge["disputed"] = True
    call.store.save(charge)
    _move(call, body, -body["amount"], balance_transactions.dispute_withdrawn(body["charge"]))
    call.emit("charge.dispute.funds_withdrawn", body)


def _move(call: Call, body: dict[str, Any], amount: int, why: balance_transactions.Movement) -> None:
    body["balance_transactions"].append(balance_transactions.record(call, body, amount, why))
    call.store.save(body)


def _evidence_details() -> dict[str, Any]:
    last_day = datetime.now(UTC).date() + timedelta(days=DAYS_TO_ANSWER)
    details = part_of("Dispute", "EvidenceDetails")
    details["due_by"] = int(datetime.combine(last_day, time(23, 59, 59), UTC).timestamp())
    details["submission_method"] = "not_submitted"
    return details


def _card_of(charge: dict[str, Any], *, inquiry: bool) -> dict[str, Any]:
    brand = charge["payment_method_details"]["card"]["brand"]
    card = part_of("Dispute", "PaymentMethodDetails", "Card") | {
        "brand": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": brand,
    }
    return dict.fromkeys(part_of("Dispute", "PaymentMethodDetails")) | {"type": "card", "card": card}
