"""The same card saved again: Stripe creates a new payment method each time; here it stays one card.

Two cards are the same if their fingerprints match; a card without a fingerprint matches none
(https://support.stripe.com/questions/how-can-i-detect-duplicate-cards-or-bank-accounts). The newest payment method is
kept: it has the newest expiry, its security code was checked last, and consent was given for it. The older one is
detached at Stripe, once no payment in progress needs it: a payment intent whose card was detached can never be
confirmed (https://github.com/stripe/stripe-android/issues/2314).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import default_card, detaching
from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod, TopUp, TopUpStatus

_NOT_BEGUN = (TopUpStatus.REVIEW, TopUpStatus.DECLINED)


def merge(method: PaymentMethod, among: Sequence[PaymentMethod], actor: Actor) -> PaymentMethod:
    """Merge `method` into the row `among` these that is the same card, and return that row.

    The caller holds the wallet's lock, so that of two cards saved at the same time the second finds the first.
    """
    if method.fingerprint is None:
        return method
    same = [one for one in among if one.fingerprint == method.fingerprint]
    kept = max(same, key=lambda one: (one.created_at, one is method), default=method)
    for old in same:
        if old is not kept:
            _replace(old, kept, actor)
    return kept


def latest(method: PaymentMethod) -> PaymentMethod:
    """The current row of a card that may have been replaced since."""
    while method.replaced_by is not None:
        method = db.session.get_one(
            PaymentMethod, (method.org_id, method.replaced_by), populate_existing=True
        )
    return method


def was_saved_before(method: PaymentMethod) -> bool:
    """Whether a card was already saved when it was last saved."""
    query = select(PaymentMethod.id).where(
        PaymentMethod.org_id == method.org_id, PaymentMethod.replaced_by == method.id
    )
    return db.session.execute(query.limit(1)).first() is not None


def _replace(old: PaymentMethod, kept: PaymentMethod, actor: Actor) -> None:
    old.removed_at, old.replaced_by = utc_now(), kept.id
    if old.is_default:
        default_card.set_default(kept, instead_of=old)
    db.session.execute(
        update(TopUp)
        .where(TopUp.org_id == old.org_id, TopUp.payment_method_id == old.id, TopUp.status.in_(_NOT_BEGUN))
        .values(payment_method_id=kept.id)
    )
    detaching.enqueue_for(old)
    audit.record(
        old.org_id, actor, "payment_method.replaced", str(old.id), card=old.label, replaced_by=str(kept.id)
    )
    db.session.flush()
