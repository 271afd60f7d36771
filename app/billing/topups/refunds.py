"""Refunds deduct a top-up's credit from the wallet, each as its own transfer."""

from __future__ import annotations

from datetime import datetime

from app.billing.mail import notices
from app.billing.purchases import Outcome
from app.billing.topups import clawbacks
from app.billing.topups.clawbacks import Movement
from app.billing.wallet import ledger, line_details
from app.clock import utc_now
from app.database import locks
from app.extensions import db
from app.models import PaymentMethod, TopUp, TransferKind, Wallet
from app.money import Money
from app.payments import refunds as stripe_refunds
from app.payments.refunds import Refund
from app.payments.statuses import RefundStatus
from app.transaction import transaction


def apply(refund: Refund, *, at: datetime | None = None) -> Outcome:
    """Deduct the credit of a refund once, and return it once if the refund failed. Commits.

    If it would move credit, the refund is fetched again first, because it may have failed since it was read; under
    its own lock, so that no one else applies it meanwhile. Raises `PaymentMismatchError` and what `app.payments`
    raises. https://docs.stripe.com/refunds#failed-refunds
    """
    top_up = clawbacks.find_paid_top_up(refund.payment_intent_id)
    if top_up is None:
        return Outcome.NOT_OURS
    with transaction():
        locks.advisory_lock(db.session(), refund.id)
        if _taken_by(refund).micro == clawbacks.taken(top_up.org_id, TransferKind.REFUND, refund.id):
            return Outcome.UNCHANGED
        return _apply(top_up, stripe_refunds.fetch(refund.id), at or utc_now())


def _apply(top_up: TopUp, refund: Refund, at: datetime) -> Outcome:
    wallet = ledger.lock(top_up.org_id)
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    words = {
        RefundStatus.FAILED: line_details.REFUND_FAILED,
        RefundStatus.CANCELED: line_details.REFUND_CANCELED,
    }.get(refund.status, line_details.of_refund(card))
    moved = clawbacks.post_difference(
        wallet, top_up, TransferKind.REFUND, refund.id, _taken_by(refund), at=at, detail=words
    )
    if moved is None:
        return Outcome.UNCHANGED
    _notify(wallet, top_up, moved, at)
    return Outcome.CHANGED


def _taken_by(refund: Refund) -> Money:
    """What a refund deducts: everything as soon as it is requested, so that the credit can't be spent, too."""
    return Money(0, refund.amount.currency) if refund.status.gave_nothing_back else refund.amount


def _notify(wallet: Wallet, top_up: TopUp, moved: Movement, at: datetime) -> None:
    notify = notices.refund_returned if moved.returned else notices.refunded
    notify(wallet, top_up, moved.amount, before=moved.before, refund=moved.source, at=at)
