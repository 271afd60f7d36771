"""The same card saved again. Stripe makes a new payment method of it each time; here it stays one card.

Two are the same where their fingerprints are, and one without a fingerprint is the same as none
(https://support.stripe.com/questions/how-can-i-detect-duplicate-cards-or-bank-accounts). The payment method made last
is kept: it has the newest expiry, its security code was checked last, and consent was given for it. The one before
is detached at Stripe, once no payment in progress needs it: a payment intent whose card was detached can never be
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
    """Let one of the rows `among` that are the same card as `method` stand for it, and return that one.

    The caller holds the wallet's lock, so that of two that are saved at a time the second finds the first.
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
    """The row that stands for a card now, for one that may have been replaced since."""
    while method.replaced_by is not None:
        method = db.session.get_one(
            PaymentMethod, (method.org_id, method.replaced_by), populate_existing=True
        )
    return method


def was_saved_before(method: PaymentMethod) -> bool:
    """Whether a card was there already when it was saved last."""
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
