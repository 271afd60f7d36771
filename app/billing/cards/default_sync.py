"""Syncs the default card to Stripe, unless another one was chosen there since the last sync."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.billing.cards import default_at_stripe, default_card
from app.extensions import db
from app.models import Organization, PaymentMethod, Subscription, SubscriptionStatus
from app.payments.errors import RefusedError
from app.transaction import end_reading, transaction

_TIMES = 5
"""How often one job syncs a card that keeps changing, before a new job continues."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which card should be which customer's default at Stripe."""

    customer_id: str
    card_id: str
    subscription_id: str | None


def sync_to_stripe(org_id: UUID) -> None:
    """Sync the current default card to Stripe. Commits. Raises `OutcomeUnknownError` and `NotDoneError`.

    No lock is held and no order is needed: every sync checks afterward whether the default has changed. So the last
    sync always sends the current default, even if another one was killed or slow.
    """
    told = None
    for _ in range(_TIMES):
        wanted = _wanted(org_id)
        if wanted is None or wanted == told:
            return
        try:
            if _needs_sync(org_id, wanted):
                default_card.charge_to(
                    org_id, wanted.customer_id, wanted.card_id, subscription_id=wanted.subscription_id
                )
                told = wanted
        except RefusedError:
            # The card or the customer was deleted at Stripe: its event makes another card the default.
            return
    with transaction():
        default_card.enqueue_default_sync(org_id)


def _needs_sync(org_id: UUID, wanted: _Wanted) -> bool:
    """Whether Stripe lacks the card; if it was already sent, another may have been chosen there since."""
    if default_card.list_sent_to_stripe(org_id) != [wanted.card_id]:
        return True
    organization = db.session.get_one(Organization, org_id)
    return not default_at_stripe.follow_customer(
        organization, wanted.customer_id, subscription_id=wanted.subscription_id, is_syncing=True
    )


def _wanted(org_id: UUID) -> _Wanted | None:
    """The organization's customer and card at Stripe, freshly read; no transaction is open afterward."""
    is_running = (Subscription.org_id == Organization.id) & (
        Subscription.status != SubscriptionStatus.CANCELED
    )
    query = (
        select(Organization.stripe_customer_id, PaymentMethod.stripe_id, Subscription.stripe_id)
        .join(PaymentMethod, PaymentMethod.org_id == Organization.id)
        .outerjoin(Subscription, is_running)
        .where(Organization.id == org_id, PaymentMethod.is_default, PaymentMethod.removed_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    end_reading()
    return None if found is None or found[0] is None else _Wanted(found[0], found[1], found[2])
