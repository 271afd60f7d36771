"""The default card: one at most, and the same at Stripe, which charges the plan's invoices to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.extensions import db, enqueue
from app.models import Organization, PaymentMethod
from app.payments import customers
from app.payments.errors import RefusedError


def appoint(method: PaymentMethod, *, instead_of: PaymentMethod | None = None) -> None:
    """Make a card the default; the caller holds the wallet's lock. A job tells Stripe once this is committed."""
    if instead_of is not None:
        instead_of.is_default = False
        # Two defaults at once are more than the database allows, also for a moment.
        db.session.flush()
    method.is_default = True
    db.session.flush()
    # One at a time, so that of two changes the later one is told last.
    enqueue("tell_default_card", lock=f"default_card:{method.org_id}", org_id=str(method.org_id))


def tell_stripe(org_id: UUID) -> None:
    """Let Stripe have the default card that we have now. Raises `OutcomeUnknownError` and `NotDoneError`."""
    organization = db.session.get_one(Organization, org_id)
    query = select(PaymentMethod.stripe_id).where(
        PaymentMethod.org_id == org_id, PaymentMethod.is_default, PaymentMethod.removed_at.is_(None)
    )
    stripe_id = db.session.scalar(query)
    if organization.stripe_customer_id is None or stripe_id is None:
        return
    try:
        customers.set_default_card(organization.stripe_customer_id, stripe_id)
    except RefusedError:
        # The card or the customer is gone at Stripe: its event tells us, and that appoints another.
        return
