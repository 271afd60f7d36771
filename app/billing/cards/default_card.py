"""The default card: one at most, and the same at Stripe, which charges the plan's invoices to it.

At Stripe a subscription's own default wins over its customer's
(https://docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method). We use the customer's
alone, so the subscription's own one is taken away. A job tells Stripe (`app.billing.cards.default_sync`), and what
was chosen at Stripe comes here (`app.billing.cards.default_at_stripe`).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from app.extensions import db, enqueue
from app.models import Organization, PaymentMethod
from app.payments import customers, subscriptions
from app.transaction import transaction


def set_default(method: PaymentMethod, *, instead_of: PaymentMethod | None = None) -> None:
    """Make a card the default; the caller holds the wallet's lock. A job tells Stripe once this is committed."""
    if instead_of is not None:
        instead_of.is_default = False
        # Two defaults at a time are more than the database allows, also for a moment.
        db.session.flush()
    method.is_default = True
    db.session.flush()
    enqueue_telling(method.org_id)


def enqueue_telling(org_id: UUID) -> None:
    """Let a job tell Stripe of the default card; in the caller's transaction."""
    enqueue("tell_default_card", org_id=str(org_id))


def charge_to(org_id: UUID, customer_id: str, card_id: str, *, subscription_id: str | None) -> None:
    """Let Stripe charge invoices to a card, and not to one that a subscription has of its own. Commits.

    What Stripe may have by our doing is written down before, so that no one takes it for a choice made there.
    Raises what `app.payments` raises.
    """
    with transaction():
        _remember(org_id, [*list_sent_to_stripe(org_id), card_id])
    customers.set_default_card(customer_id, card_id)
    if subscription_id is not None:
        # Last, so that there is a card to charge at any moment.
        subscriptions.clear_own_card(subscription_id)
    with transaction():
        _remember(org_id, [card_id])


def list_sent_to_stripe(org_id: UUID) -> list[str]:
    """The cards that Stripe may have as the default because we said so, or because we have seen them there."""
    query = select(Organization.default_cards_told).where(Organization.id == org_id)
    return list(db.session.execute(query).scalar_one())


def _remember(org_id: UUID, cards: list[str]) -> None:
    told = list(dict.fromkeys(cards))
    db.session.execute(update(Organization).where(Organization.id == org_id).values(default_cards_told=told))
