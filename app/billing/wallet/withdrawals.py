"""What becomes of envelopes when credit is taken out of the wallet rather than used: by a refund, a dispute, or
because it expires.

Available credit gives first. Envelopes only keep what posted credit still covers, the newest gives first: otherwise a
campaign would go on spending credit that was paid back (decision 20).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.platform import messages
from app.extensions import db, enqueue
from app.models import Envelope, Wallet
from app.money import Money


def cut(wallet: Wallet, *, actor: Actor, at: datetime) -> None:
    """Cut the envelopes of a locked and settled wallet to what posted credit covers, after credit was taken out.

    Records each in the audit trail, and lets the owners know in the background. Nothing is read where nothing is set
    aside, or all of it is covered.
    """
    uncovered = wallet.set_aside_micro - max(wallet.posted_micro - wallet.held_micro, 0)
    if uncovered <= 0 or not wallet.set_aside_micro:
        return
    db.session.flush()
    newest = (
        select(Envelope)
        .where(Envelope.org_id == wallet.org_id, Envelope.ended_at.is_(None))
        .order_by(Envelope.created_at.desc(), Envelope.id.desc())
    )
    for envelope in db.session.execute(newest, execution_options={"populate_existing": True}).scalars():
        taken = min(envelope.left_micro, uncovered)
        if taken > 0:
            uncovered -= taken
            _take(wallet, envelope, taken, actor, at)
    wallet.version += 1


def _take(wallet: Wallet, envelope: Envelope, taken: int, actor: Actor, at: datetime) -> None:
    envelope.amount_micro -= taken
    envelope.cut_micro += taken
    wallet.set_aside_micro -= taken
    amount = str(Money(taken, wallet.currency).decimal)
    audit.record(wallet.org_id, actor, "envelope.cut", envelope.campaign, amount=amount)
    enqueue("tell_of_envelope", org_id=str(wallet.org_id), envelope_id=str(envelope.id))
    if not envelope.left_micro:
        envelope.has_credit = False
        messages.envelope_changed(
            wallet.org_id,
            envelope_id=envelope.id,
            campaign=envelope.campaign,
            left=Money.zero(wallet.currency),
            until=envelope.until,
            at=at,
        )
