"""Which card a payment was made with, according to the payment itself, and whether to offer it as the default."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.billing.cards import duplicates, lookup, payment_methods
from app.billing.cards.payment_methods import CardView
from app.extensions import db
from app.models import Organization, PaymentMethod
from app.payments.intents import Payment


@dataclass(frozen=True, slots=True)
class DefaultOffer:
    """A saved card that has just paid and could replace the current default."""

    card: CardView
    default: CardView | None


def card_of(org_id: UUID, payment: Payment) -> PaymentMethod | None:
    """The card that paid, or that failed last; None if the payment names none of the organization's.

    It may differ from the card chosen last: an earlier attempt whose response was lost has paid, or an invoice was
    paid on Stripe's own page.
    """
    if payment.method_id is None:
        return None
    return lookup.find(org_id, payment.method_id)


def offer_default(organization: Organization, card_id: UUID | None) -> DefaultOffer | None:
    """What to offer someone who has paid with this card; None if it is the default, or isn't saved."""
    method = db.session.get(PaymentMethod, (organization.id, card_id)) if card_id else None
    method = duplicates.latest(method) if method else None
    if method is None or not method.is_kept or method.removed_at is not None or method.is_default:
        return None
    default = payment_methods.default_of(organization.id)
    today = organization.local_day()
    return DefaultOffer(
        payment_methods.card_view(method, today),
        payment_methods.card_view(default, today) if default else None,
    )
