"""The form that saves a card, by requests."""

from __future__ import annotations

from app.billing.cards import payment_methods
from app.extensions import db
from app.models import Organization, PaymentMethod


def saved(organization: Organization) -> list[PaymentMethod]:
    db.session.expire_all()
    return payment_methods.saved(organization.id)
