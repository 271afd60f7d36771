"""Attempts to pay a top-up that no person made: each is a row, written when the card is claimed.

The payment itself is settled like any other, by whichever first sees its outcome. What follows from it is decided by
auto top-up (`app.billing.auto_top_ups`), in a job that is enqueued in the transaction that settles.
"""

from __future__ import annotations

from sqlalchemy import select

from app.billing.wallet import watches
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import (
    AutoTopUp,
    AutoTopUpAttempt,
    AutoTopUpConsent,
    PaymentMethod,
    TopUp,
    TopUpStatus,
    Wallet,
    WatchKind,
)

_OVER = frozenset({TopUpStatus.SUCCEEDED, TopUpStatus.DECLINED, TopUpStatus.CANCELED})


def add(top_up: TopUp, card: PaymentMethod) -> AutoTopUpAttempt:
    """Record that the current attempt of a locked top-up charges this card without its owner."""
    attempt = AutoTopUpAttempt(
        org_id=top_up.org_id,
        top_up_id=top_up.id,
        attempt=top_up.attempt,
        payment_method_id=card.id,
        charge_before=top_up.charge_id,
        at=utc_now(),
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def current(top_up: TopUp) -> AutoTopUpAttempt | None:
    """The current attempt of a top-up, if no person made it. Nothing is read for a top-up that a person began."""
    if not top_up.is_automatic:
        return None
    return db.session.get(AutoTopUpAttempt, (top_up.org_id, top_up.id, top_up.attempt))


def is_agreed(top_up: TopUp) -> bool:
    """Whether the current attempt may still be sent: a person made it, or auto top-up is on as it was agreed to then.

    An owner who has turned it off or changed it since may rely on nothing being charged as before.
    """
    if current(top_up) is None:
        return True
    agreed = (
        select(AutoTopUpConsent.at)
        .join(
            AutoTopUp,
            (AutoTopUp.org_id == AutoTopUpConsent.org_id) & (AutoTopUp.consent_id == AutoTopUpConsent.id),
        )
        .where(AutoTopUp.org_id == top_up.org_id, AutoTopUp.is_on)
    )
    agreed_at = db.session.scalar(agreed)
    return agreed_at is not None and top_up.claimed_at is not None and agreed_at <= top_up.claimed_at


def follow_up(wallet: Wallet, top_up: TopUp) -> None:
    """Let auto top-up look again, once a top-up is paid, declined or canceled. Both rows are locked.

    It waits for any top-up that is under way, and credit may still be below its threshold.
    """
    if top_up.status not in _OVER:
        return
    if top_up.is_automatic:
        enqueue("top_up_automatically", org_id=str(top_up.org_id))
    else:
        watches.rearm(wallet, WatchKind.AUTO_TOP_UP, at=utc_now())
