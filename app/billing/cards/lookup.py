"""The row of a card that Stripe names."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import PaymentMethod


def find(org_id: UUID, stripe_id: str) -> PaymentMethod | None:
    """A card of the organization's as it is now, by its payment method's id or that of the token that stands for it;
    saved or not, also a removed one. None if it has no such card."""
    query = select(PaymentMethod).where(PaymentMethod.org_id == org_id, PaymentMethod.stripe_id == stripe_id)
    return db.session.scalar(query.execution_options(populate_existing=True))
