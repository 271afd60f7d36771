"""The default card: at most one, and the same at Stripe, which charges the plan's invoices to it.

At Stripe a subscription's own default wins over its customer's
(https://docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method). We only use the
customer's, so a subscription's own default is removed. A job syncs it to Stripe (`app.billing.cards.default_sync`),
and a card chosen at Stripe is taken over (`app.billing.cards.default_at_stripe`).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from app.extensions import db, enqueue
from app.models import Organization, PaymentMethod
from app.payments import customers, subscriptions
from app.transaction import transaction


def set_default(method: PaymentMethod, *, instead_of: PaymentMethod | None = None) -> None:
    """Make a card the default; the caller holds the wallet's lock. A job syncs it to Stripe after the commit."""
    if instead_of is not None:
        instead_of.is_default = False
        # The database never allows two defaults, not even for a moment.
        db.session.flush()
    method.is_default = True
    db.session.flush()
    enqueue_default_sync(method.org_id)


def enqueue_default_sync(org_id: UUID) -> None:
    """Enqueue the job that syncs the default card to Stripe, in the caller's transaction."""
    enqueue("tell_default_card", org_id=str(org_id))


def charge_to(org_id: UUID, customer_id: str, card_id: str, *, subscription_id: str | None) -> None:
    """Make Stripe charge invoices to this card, and not to a subscription's own default. Commits.

    What we send is recorded first, so that it isn't mistaken for a choice made at Stripe. Raises what `app.payments`
    raises.
    """
    with transaction():
        _remember(org_id, [*list_sent_to_stripe(org_id), card_id])
    customers.set_default_card(customer_id, card_id)
    if subscription_id is not None:
        # Last, so that there is always a card to charge.
        subscriptions.clear_own_card(subscription_id)
    with transaction():
        _remember(org_id, [card_id])


def list_sent_to_stripe(org_id: UUID) -> list[str]:
    """The cards that Stripe may have as the default because we set them, or because we saw them there."""
    query = select(Organization.default_cards_told).where(Organization.id == org_id)
    return list(db.session.execute(query).scalar_one())


def _remember(org_id: UUID, cards: list[str]) -> None:
    told = list(dict.fromkeys(cards))
    db.session.execute(update(Organization).where(Organization.id == org_id).values(default_cards_told=told))
