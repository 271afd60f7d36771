"""Detaches removed cards at Stripe: while a person waits, or in a job if that was interrupted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db, enqueue
from app.models import PaymentMethod, TopUp, TopUpStatus
from app.payments import cards
from app.transaction import end_reading, transaction

IN_PROGRESS = (TopUpStatus.PAYING, TopUpStatus.ACTION)

RETRY_AFTER = timedelta(hours=1)
"""When to check again a card that a payment in progress needs. Such a payment is abandoned after a day at the
latest."""


def enqueue_for(method: PaymentMethod, *, after: timedelta | None = None) -> None:
    """Enqueue the job that detaches a card, if it is still removed by then. In the caller's transaction."""
    enqueue("detach_card", after=after, org_id=str(method.org_id), card_id=str(method.id))


def detach(method: PaymentMethod) -> None:
    """Detach a removed card at Stripe, once no payment in progress needs it; repeating this changes nothing.

    Commits. Raises what `app.payments.cards.detach` raises.
    """
    if paying_with(method) is None:
        end_reading()
        cards.detach(method.stripe_id)
    else:
        with transaction():
            enqueue_for(method, after=RETRY_AFTER)


def paying_with(method: PaymentMethod) -> TopUp | None:
    """A top-up whose payment with this card is in progress, if there is one."""
    query = select(TopUp).where(
        TopUp.org_id == method.org_id,
        TopUp.payment_method_id == method.id,
        TopUp.status.in_(IN_PROGRESS),
    )
    return db.session.scalars(query.limit(1)).first()
