"""Disputes deduct a top-up's credit from the wallet for exactly as long as Stripe has withdrawn it.

An inquiry (`warning_…`) moves nothing, because Stripe withdraws nothing for it. A dispute of the whole payment after
a partial refund deducts the whole; if it is lost, Stripe returns what had been refunded
(https://support.stripe.com/questions/dispute-for-full-charge-amount-after-a-partial-refund-was-issued).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.billing.mail import notices
from app.billing.purchases import Outcome
from app.billing.topups import clawbacks
from app.billing.topups.clawbacks import Movement
from app.billing.wallet import ledger, line_details
from app.clock import utc_now
from app.database import locks
from app.extensions import db, enqueue
from app.models import Dispute, TopUp, TransferKind, Wallet
from app.payments import disputes as stripe_disputes
from app.payments.disputes import StripeDispute
from app.payments.statuses import DisputeStatus
from app.transaction import transaction


def apply(dispute: StripeDispute, *, at: datetime | None = None) -> Outcome:
    """Deduct or return the credit of a dispute, and store its status. Commits.

    If it would change anything, the dispute is fetched again first, because it may have been decided since it was
    read; under its own lock, so that no one else applies it meanwhile. Raises `PaymentMismatchError` and what
    `app.payments` raises.
    """
    top_up = clawbacks.find_paid_top_up(dispute.payment_intent_id)
    if top_up is None:
        return Outcome.NOT_OURS
    with transaction():
        locks.advisory_lock(db.session(), dispute.id)
        known = db.session.get(Dispute, (top_up.org_id, dispute.id), populate_existing=True)
        posted = clawbacks.taken(top_up.org_id, TransferKind.DISPUTE, dispute.id)
        if known is not None and not _differs(known, dispute) and posted == dispute.taken.micro:
            return Outcome.UNCHANGED
        was = known.status if known else None
        _apply(top_up, stripe_disputes.fetch(dispute.id), was, at or utc_now())
        return Outcome.CHANGED


def _apply(top_up: TopUp, dispute: StripeDispute, was: str | None, at: datetime) -> None:
    wallet = ledger.lock(top_up.org_id)
    _store(top_up, dispute)
    moved = clawbacks.post_difference(
        wallet, top_up, TransferKind.DISPUTE, dispute.id, dispute.taken, at=at, detail=_describe(dispute)
    )
    if top_up.is_automatic:
        # It ends auto top-up, whatever credit there is.
        enqueue("top_up_automatically", org_id=str(top_up.org_id))
    if moved is None:
        wallet.version += 1
    else:
        _notify(wallet, top_up, dispute, moved, at)
    if dispute.status is DisputeStatus.LOST and was != DisputeStatus.LOST and dispute.taken.micro:
        notices.dispute_lost(wallet, top_up, dispute.taken, dispute=dispute.id, at=at)


def _describe(dispute: StripeDispute) -> str:
    if dispute.status is DisputeStatus.WON:
        return line_details.PAYMENT_UPHELD
    if dispute.status is DisputeStatus.LOST:
        return line_details.DECIDED_FOR_CARDHOLDER
    return line_details.DISPUTED


def _values(dispute: StripeDispute) -> dict[str, Any]:
    return {
        "amount_micro": dispute.amount.micro,
        "currency": dispute.amount.currency,
        "status": dispute.status,
        "reason": dispute.reason,
        "opened_at": dispute.opened_at,
        "evidence_due_at": dispute.evidence_due_at,
    }


def _differs(known: Dispute, dispute: StripeDispute) -> bool:
    return any(getattr(known, name) != value for name, value in _values(dispute).items())


def _store(top_up: TopUp, dispute: StripeDispute) -> None:
    values = _values(dispute)
    fresh = insert(Dispute).values(org_id=top_up.org_id, stripe_id=dispute.id, top_up_id=top_up.id, **values)
    db.session.execute(
        fresh.on_conflict_do_update(index_elements=[Dispute.org_id, Dispute.stripe_id], set_=values)
    )


def _notify(wallet: Wallet, top_up: TopUp, dispute: StripeDispute, moved: Movement, at: datetime) -> None:
    """Send notices about money that moved. A part returned with a lost dispute had its notice when it was
    refunded."""
    if not moved.returned:
        notices.dispute_opened(
            wallet,
            top_up,
            moved.amount,
            before=moved.before,
            dispute=moved.source,
            answer_by=dispute.evidence_due_at,
            at=at,
        )
    elif dispute.status is not DisputeStatus.LOST:
        notices.dispute_won(wallet, top_up, moved.amount, before=moved.before, dispute=moved.source, at=at)
