"""A payment that its cardholder disputes, and whose dispute is won."""

from __future__ import annotations

from datetime import datetime

from app.billing.topups import disputes
from app.models import TopUp
from app.payments import disputes as stripe_disputes
from demo import samples
from demo.companies import Payment

CARD = Payment("pm_card_createDispute", 20)
PAID, TAKEN, GIVEN_BACK = 16, 13, 11
"""How many days ago each step happened."""


def take(top_up: TopUp, *, at: datetime) -> None:
    """The bank reverses the payment. In test mode Stripe opens the dispute itself, usually immediately."""
    for dispute_id in samples.disputes_of(top_up.payment_intent_id or ""):
        disputes.apply(stripe_disputes.fetch(dispute_id), at=at)


def give_back(top_up: TopUp, *, at: datetime) -> None:
    """Respond to the bank, which decides the dispute in our favor."""
    for dispute_id in samples.disputes_of(top_up.payment_intent_id or ""):
        samples.win_dispute(dispute_id)
        disputes.apply(stripe_disputes.fetch(dispute_id), at=at)
