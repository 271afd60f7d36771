"""Refunds at Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import stripe

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of
from app.payments.statuses import RefundStatus


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of part of a payment to its card."""

    id: str
    status: RefundStatus
    amount: Money
    payment_intent_id: str | None


def create(payment_intent_id: str, amount: Money, *, key: str) -> Refund:
    """Refund part of a payment intent. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        refund = stripe_client().v1.refunds.create(
            {"payment_intent": payment_intent_id, "amount": amount.minor}, {"idempotency_key": key}
        )
    return fetch(refund.id)


def fetch(refund_id: str) -> Refund:
    """A refund as it is now. Raises as `create` does."""
    with translated():
        return _refund(stripe_client().v1.refunds.retrieve(refund_id))


def created_since(at: datetime) -> Iterator[Refund]:
    """All refunds created since `at`, newest first. Raises as `create` does."""
    with translated():
        listed = stripe_client().v1.refunds.list({"created": {"gte": int(at.timestamp())}, "limit": 100})
        for refund in listed.auto_paging_iter():
            yield _refund(refund)


def _refund(refund: stripe.Refund) -> Refund:
    return Refund(
        id=refund.id,
        status=RefundStatus(refund.status or "pending"),
        amount=Money.from_minor(refund.amount, refund.currency.upper()),
        payment_intent_id=id_of(refund.payment_intent),
    )
