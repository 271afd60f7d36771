"""Early fraud warnings, at Stripe (https://docs.stripe.com/disputes/measuring#early-fraud-warnings)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """A card issuer's warning that a charge may be fraud, of this `kind` of Stripe's.

    `is_actionable` until the charge is disputed or fully refunded.
    """

    id: str
    kind: str
    is_actionable: bool
    charge_id: str
    payment_intent_id: str | None


def created_since(at: datetime) -> Iterator[FraudWarning]:
    """All warnings since `at`, newest first. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        listed = stripe_client().v1.radar.early_fraud_warnings.list(
            {"created": {"gte": int(at.timestamp())}, "limit": 100}
        )
        for one in listed.auto_paging_iter():
            yield FraudWarning(
                id=one.id,
                kind=one.fraud_type,
                is_actionable=one.actionable,
                charge_id=id_of(one.charge) or "",
                payment_intent_id=id_of(one.payment_intent),
            )
