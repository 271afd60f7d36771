"""Disputes and inquiries, at Stripe (https://docs.stripe.com/api/disputes/object)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import stripe

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of
from app.payments.statuses import DisputeStatus
from app.payments.timestamps import to_datetime


@dataclass(frozen=True, slots=True)
class StripeDispute:
    """A payment that a cardholder disputes with their bank. `reason` is Stripe's.

    `amount` is disputed; `taken` is what Stripe has withdrawn for it minus what it returned, without fees.
    `evidence_due_at` is the bank's deadline for evidence, if any.
    """

    id: str
    status: DisputeStatus
    reason: str
    amount: Money
    taken: Money
    payment_intent_id: str | None
    charge_id: str | None
    opened_at: datetime
    evidence_due_at: datetime | None


def fetch(dispute_id: str) -> StripeDispute:
    """A dispute as it is now. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        return read(stripe_client().v1.disputes.retrieve(dispute_id))


def created_since(at: datetime) -> Iterator[StripeDispute]:
    """All disputes opened from `at` on, the newest first. Raises as `fetch` does."""
    with translated():
        listed = stripe_client().v1.disputes.list({"created": {"gte": int(at.timestamp())}, "limit": 100})
        for dispute in listed.auto_paging_iter():
            yield read(dispute)


def read(dispute: stripe.Dispute) -> StripeDispute:
    """Convert Stripe's dispute to ours."""
    currency = dispute.currency.upper()
    due_by = dispute.evidence_details.due_by
    return StripeDispute(
        id=dispute.id,
        status=DisputeStatus(dispute.status),
        reason=dispute.reason,
        amount=Money.from_minor(dispute.amount, currency),
        taken=Money.from_minor(_taken(dispute), currency),
        payment_intent_id=id_of(dispute.payment_intent),
        charge_id=id_of(dispute.charge),
        opened_at=to_datetime(dispute.created),
        evidence_due_at=to_datetime(due_by) if due_by else None,
    )


def _taken(dispute: stripe.Dispute) -> int:
    """What is currently withdrawn, in the smallest unit of the dispute's currency. A movement's `amount` has no fees
    in it.

    Stripe's balance may be kept in another currency than the payment's, at the rate of each day; then every movement
    counts as the whole amount of the dispute.
    """
    taken = 0
    for movement in dispute.balance_transactions:
        if movement.currency == dispute.currency:
            taken -= movement.amount
        else:
            taken += dispute.amount if movement.amount < 0 else -dispute.amount
    return max(taken, 0)
