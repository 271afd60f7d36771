"""The default card: one at most, and the same at Stripe, which charges the plan's invoices to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.extensions import db, enqueue
from app.models import Organization, PaymentMethod
from app.payments import customers
from app.payments.errors import RefusedError

_TIMES = 5
"""How often a card is told that changes again meanwhile, before a new job goes on."""


def appoint(method: PaymentMethod, *, instead_of: PaymentMethod | None = None) -> None:
    """Make a card the default; the caller holds the wallet's lock. A job tells Stripe once this is committed."""
    if instead_of is not None:
        instead_of.is_default = False
        # Two defaults at once are more than the database allows, also for a moment.
        db.session.flush()
    method.is_default = True
    db.session.flush()
    enqueue("tell_default_card", org_id=str(method.org_id))


def tell_stripe(org_id: UUID) -> None:
    """Let Stripe have the default card that we have now. Commits. Raises `OutcomeUnknownError` and `NotDoneError`.

    No lock is held meanwhile, and no order is needed: whoever has told Stripe looks whether the card is another by
    now. So the last one to tell it tells the card that is the default, also where another one was killed or was slow.
    """
    told = None
    for _ in range(_TIMES):
        wanted = _default_of(org_id)
        if wanted is None or wanted == told:
            return
        try:
            customers.set_default_card(*wanted)
        except RefusedError:
            # The card or the customer is gone at Stripe: its event tells us, and that appoints another.
            return
        told = wanted
    enqueue("tell_default_card", org_id=str(org_id))
    db.session.commit()


def _default_of(org_id: UUID) -> tuple[str, str] | None:
    """The organization's customer and card at Stripe, read afresh; no transaction is open afterwards."""
    query = (
        select(Organization.stripe_customer_id, PaymentMethod.stripe_id)
        .join(PaymentMethod, PaymentMethod.org_id == Organization.id)
        .where(Organization.id == org_id, PaymentMethod.is_default, PaymentMethod.removed_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    db.session.commit()
    return None if found is None or found[0] is None else (found[0], found[1])
