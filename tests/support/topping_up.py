"""Topping up in the domain: begun and committed, as each request does, then paid."""

from __future__ import annotations

from uuid import UUID

from app.billing import topups
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp
from tests.factories import OWNER, usd


def begin(organization: Organization, card: PaymentMethod, amount: str = "50") -> UUID:
    """A top-up in review; its id."""
    top_up = topups.begin(organization, usd(amount), card.id, OWNER)
    db.session.commit()
    return top_up.id


def pay(organization: Organization, card: PaymentMethod, amount: str = "50") -> TopUp:
    """A top-up as it is after its first try."""
    return topups.pay(organization, begin(organization, card, amount), card.id, OWNER)
