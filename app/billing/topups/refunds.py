"""Refunds take the credit of a top-up back out of the wallet, each as a transfer of its own."""

from __future__ import annotations

from datetime import datetime

from app.billing.mail import notices
from app.billing.topups import clawbacks
from app.billing.topups.clawbacks import Movement
from app.billing.wallet import ledger
from app.clock import utc_now
from app.database import locks
from app.extensions import db
from app.models import PaymentMethod, TopUp, TransferKind, Wallet
from app.money import Money
from app.payments import refunds as stripe_refunds
from app.payments.refunds import Refund

_UNDONE = frozenset({"failed", "canceled"})


def apply(refund: Refund, *, at: datetime | None = None) -> bool:
    """Bring the wallet in line with a refund: a debit once, given back once where the refund failed.

    False where it refunds nothing of ours. Call it at the start of a transaction: until that ends nobody else follows
    this refund. Where it would move credit, the refund is fetched anew first, because one that was read a moment ago
    may have failed since. Raises `PaymentMismatchError` and what `app.payments` raises.
    https://docs.stripe.com/refunds#failed-refunds
    """
    locks.advisory_lock(db.session(), refund.id)
    top_up = clawbacks.paid_top_up(refund.payment_intent_id, of=refund.id)
    if top_up is None:
        return False
    if _taken_by(refund).micro != clawbacks.taken(top_up.org_id, TransferKind.REFUND, refund.id):
        _follow(top_up, stripe_refunds.fetch(refund.id), at or utc_now())
    return True


def _follow(top_up: TopUp, refund: Refund, at: datetime) -> None:
    wallet = ledger.lock(top_up.org_id)
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    words = {
        "failed": "Refund failed: credit restored",
        "canceled": "Refund canceled: credit restored",
    }.get(refund.status, f"Refunded to {card.label}")
    moved = clawbacks.follow(
        wallet, top_up, TransferKind.REFUND, refund.id, _taken_by(refund), at=at, detail=words
    )
    if moved is not None:
        _tell(wallet, top_up, moved, at)
    db.session.flush()


def _taken_by(refund: Refund) -> Money:
    """What a refund takes: all of it from the moment it is asked for, so that it can't be spent as well."""
    return Money(0, refund.amount.currency) if refund.status in _UNDONE else refund.amount


def _tell(wallet: Wallet, top_up: TopUp, moved: Movement, at: datetime) -> None:
    tell = notices.refund_returned if moved.returned else notices.refunded
    tell(wallet, top_up, moved.amount, before=moved.before, refund=moved.source, at=at)
