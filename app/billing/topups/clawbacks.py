"""Clawbacks: credit deducted for a refund or a dispute of a top-up, and what is returned of it.

Always by difference: what Stripe has now withdrawn, minus the sum of the ledger's transfers for it. So the result is
the same whatever the order of events, however often they arrive, or if only reconciliation finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.billing import audit
from app.billing.audit import Action
from app.billing.topups import queries, recreation, settlement
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.extensions import db
from app.models import (
    HAS_OWN_CAUSE,
    AccountName,
    CallingState,
    TopUp,
    TopUpStatus,
    Transfer,
    TransferKind,
    Wallet,
)
from app.money import Money
from app.payments import intents

_REVERSALS = {
    TransferKind.REFUND: TransferKind.REFUND_REVERSAL,
    TransferKind.DISPUTE: TransferKind.DISPUTE_REVERSAL,
}
_RECORDED_AS: dict[TransferKind, Action] = {
    TransferKind.REFUND: "refund",
    TransferKind.REFUND_REVERSAL: "refund_reversal",
    TransferKind.DISPUTE: "dispute",
    TransferKind.DISPUTE_REVERSAL: "dispute_reversal",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """What was posted for a refund or a dispute: deducted from the wallet, or `returned` to it.

    `source` names the movement: Stripe's id of the refund or dispute, with a number from the second on. `before` is
    the previous calling state.
    """

    amount: Money
    returned: bool
    source: str
    before: CallingState


def find_paid_top_up(payment_intent_id: str | None) -> TopUp | None:
    """The top-up that a payment intent paid; None if it paid none of ours.

    The event of a refund may arrive before that of the payment, or that may be lost: then the payment is fetched and
    settled first. So is one whose top-up isn't here, because the database was restored to an earlier moment. Commits
    in those cases, so that its wallet isn't locked while the refund is fetched. Raises `PaymentMismatchError`, and
    what `intents.fetch` raises.
    """
    if payment_intent_id is None:
        return None
    known = db.session.scalar(select(TopUp).where(TopUp.payment_intent_id == payment_intent_id))
    if known is not None and known.status is TopUpStatus.SUCCEEDED:
        return known
    payment = intents.fetch(payment_intent_id)
    top_up = known or _find(payment.top_up_id) or recreation.find_or_recreate(payment)
    if top_up is None or not payment.succeeded:
        return None
    with queries.locked(top_up.org_id, top_up.id) as (wallet, paid):
        settlement.apply(wallet, paid, payment, audit.STRIPE)
    return paid


def taken(org_id: UUID, kind: TransferKind, stripe_id: str) -> int:
    """What the ledger has deducted for a refund or dispute, minus what it returned, in micro-units."""
    return sum(amount if each is kind else -amount for each, amount, _ in _posted(org_id, kind, stripe_id))


def post_difference(
    wallet: Wallet,
    top_up: TopUp,
    kind: TransferKind,
    stripe_id: str,
    target: Money,
    *,
    at: datetime,
    detail: str,
) -> Movement | None:
    """Post the difference to `target` for a refund or dispute on the locked wallet; None if there is none.

    `kind` is REFUND or DISPUTE. Calling pauses or resumes accordingly, and envelopes that are no longer covered are
    cut.
    """
    posted = _posted(top_up.org_id, kind, stripe_id)
    missing = target.micro - sum(amount if each is kind else -amount for each, amount, _ in posted)
    if not missing:
        return None
    returned = missing < 0
    actual = _REVERSALS[kind] if returned else kind
    earlier = sum(count for each, _, count in posted if each is actual)
    source = f"{stripe_id}:{earlier + 1}" if earlier else stripe_id
    amount = Money(abs(missing), target.currency)
    ledger.post(
        wallet,
        Entry(
            kind=actual,
            source=source,
            debit=AccountName.STRIPE if returned else AccountName.WALLET,
            credit=AccountName.WALLET if returned else AccountName.STRIPE,
            amount=amount,
            at=at,
            top_up_id=top_up.id,
            detail=detail,
        ),
    )
    before = calling_state.reassess_withdrawn(wallet, at, audit.STRIPE)
    audit.record(top_up.org_id, audit.STRIPE, _RECORDED_AS[actual], source, amount=str(amount.decimal))
    return Movement(amount, returned, source, before)


def _posted(org_id: UUID, kind: TransferKind, stripe_id: str) -> list[tuple[TransferKind, int, int]]:
    """Sum and number of a refund's or dispute's transfers, by kind."""
    query = (
        select(Transfer.kind, func.sum(Transfer.amount_micro), func.count())
        .where(Transfer.org_id == org_id, Transfer.kind.in_([kind, _REVERSALS[kind]]), HAS_OWN_CAUSE)
        .where((Transfer.source == stripe_id) | Transfer.source.startswith(f"{stripe_id}:", autoescape=True))
        .group_by(Transfer.kind)
    )
    return [(each, int(amount), count) for each, amount, count in db.session.execute(query)]


def _find(top_up_id: str | None) -> TopUp | None:
    try:
        wanted = UUID(top_up_id or "")
    except ValueError:
        return None
    return db.session.scalar(select(TopUp).where(TopUp.id == wanted))
