"""The form that saves a card, by requests."""

from __future__ import annotations

from app.billing.cards import payment_methods
from app.extensions import db
from app.models import Organization, PaymentMethod

CARDS = "/billing/payment-methods"
VISA, MASTERCARD, ASKS = "4242424242424242", "5555555555554444", "4000002500003155"


def saved(organization: Organization) -> list[PaymentMethod]:
    db.session.expire_all()
    return payment_methods.saved(organization.id)
