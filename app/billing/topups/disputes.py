"""Disputes take the credit of a top-up out of the wallet while Stripe has withdrawn it, and not a moment longer.

An inquiry (`warning_…`) moves nothing, because Stripe withdraws nothing for it. A dispute of the whole payment after
a part was refunded takes the whole; if it is lost, Stripe gives back what had been refunded
(https://support.stripe.com/questions/dispute-for-full-charge-amount-after-a-partial-refund-was-issued).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.billing.mail import notices
from app.billing.topups import clawbacks
from app.billing.topups.clawbacks import Movement
from app.billing.wallet import ledger
from app.clock import utc_now
from app.database import locks
from app.extensions import db
from app.models import Dispute, TopUp, TransferKind, Wallet
from app.payments import disputes as stripe_disputes
from app.payments.disputes import StripeDispute

LOST = "lost"
WON = "won"


def apply(dispute: StripeDispute, *, at: datetime | None = None) -> bool:
    """Bring the wallet in line with a dispute, and keep what Stripe says of it.

    False where it is about nothing of ours. Call it at the start of a transaction: until that ends nobody else
    follows this dispute. Where it would change anything, the dispute is fetched anew first, because one that was read
    a moment ago may have been decided since. Raises `PaymentMismatchError` and what `app.payments` raises.
    """
    locks.advisory_lock(db.session(), dispute.id)
    top_up = clawbacks.paid_top_up(dispute.payment_intent_id, of=dispute.id)
    if top_up is None:
        return False
    known = db.session.get(Dispute, (top_up.org_id, dispute.id), populate_existing=True)
    posted = clawbacks.taken(top_up.org_id, TransferKind.DISPUTE, dispute.id)
    if known is None or _differs(known, dispute) or posted != dispute.taken.micro:
        was = known.status if known else None
        _follow(top_up, stripe_disputes.fetch(dispute.id), was, at or utc_now())
    return True


def _follow(top_up: TopUp, dispute: StripeDispute, was: str | None, at: datetime) -> None:
    wallet = ledger.lock(top_up.org_id)
    _keep(top_up, dispute)
    moved = clawbacks.follow(
        wallet, top_up, TransferKind.DISPUTE, dispute.id, dispute.taken, at=at, detail=_words(dispute)
    )
    if moved is None:
        wallet.version += 1
    else:
        _tell(wallet, top_up, dispute, moved, at)
    if dispute.status == LOST and was != LOST and dispute.taken.micro:
        notices.dispute_lost(wallet, top_up, dispute.taken, dispute=dispute.id, at=at)
    db.session.flush()


def _words(dispute: StripeDispute) -> str:
    if dispute.status == WON:
        return "Payment upheld: credit restored"
    if dispute.status == LOST:
        return "Bank decided for the cardholder"
    return "Cardholder disputed the payment"


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


def _keep(top_up: TopUp, dispute: StripeDispute) -> None:
    values = _values(dispute)
    fresh = insert(Dispute).values(org_id=top_up.org_id, stripe_id=dispute.id, top_up_id=top_up.id, **values)
    db.session.execute(
        fresh.on_conflict_do_update(index_elements=[Dispute.org_id, Dispute.stripe_id], set_=values)
    )


def _tell(wallet: Wallet, top_up: TopUp, dispute: StripeDispute, moved: Movement, at: datetime) -> None:
    """Mail about money that moved. A part that comes back with a lost dispute was told of when it was refunded."""
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
    elif dispute.status != LOST:
        notices.dispute_won(wallet, top_up, moved.amount, before=moved.before, dispute=moved.source, at=at)
