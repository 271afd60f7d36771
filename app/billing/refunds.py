"""Refunds take the credit of a top-up back out of the wallet, each as a transfer of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.billing import audit, calling, ledger, notices
from app.billing.ledger import Entry
from app.extensions import db
from app.models import AccountName, TopUp, TransferKind
from app.models.columns import utc_now
from app.payments.refunds import Refund

_UNDONE = frozenset({"failed", "canceled"})


def apply(refund: Refund, *, at: datetime | None = None) -> bool:
    """Bring the wallet in line with a refund: a debit once, given back once where the refund failed.

    False where it refunds no top-up. https://docs.stripe.com/refunds#failed-refunds
    """
    top_up = db.session.scalar(select(TopUp).where(TopUp.payment_intent_id == refund.payment_intent_id))
    if top_up is None:
        return False
    wallet = ledger.lock(top_up.org_id)
    now = at or utc_now()
    undone = refund.status in _UNDONE
    if not undone or ledger.is_posted(top_up.org_id, TransferKind.REFUND, refund.id):
        kind = TransferKind.REFUND_REVERSAL if undone else TransferKind.REFUND
        from_account, to_account = AccountName.WALLET, AccountName.STRIPE
        if undone:
            from_account, to_account = to_account, from_account
        entry = Entry(
            kind=kind,
            source=refund.id,
            debit=from_account,
            credit=to_account,
            amount=refund.amount,
            at=now,
            top_up_id=top_up.id,
            detail="Failed: credited again" if undone else "To the card it was paid with",
        )
        posted = ledger.post(wallet, entry)
        before = calling.reassess(wallet, now)
        if posted is not None:
            audit.note(top_up.org_id, audit.STRIPE, kind.value, refund.id, amount=str(refund.amount.decimal))
            tell = notices.refund_returned if undone else notices.refunded
            tell(wallet, top_up, refund.amount, before=before, refund=refund.id, at=now)
    db.session.flush()
    return True
