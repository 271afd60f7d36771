"""Letting Stripe have the default card that we have, unless another was chosen there since it was told last."""

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
"""How often a card is told that changes again meanwhile, before a new job continues."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose default at Stripe is to be which card."""

    customer_id: str
    card_id: str
    subscription_id: str | None


def sync_to_stripe(org_id: UUID) -> None:
    """Let Stripe have the default card that we have now. Commits. Raises `OutcomeUnknownError` and `NotDoneError`.

    No lock is held meanwhile, and no order is needed: anyone who has told Stripe looks whether the card is another by
    now. So the last one to tell it tells the card that is the default, also where another one was killed or was slow.
    """
    told = None
    for _ in range(_TIMES):
        wanted = _wanted(org_id)
        if wanted is None or wanted == told:
            return
        try:
            if _is_to_be_told(org_id, wanted):
                default_card.charge_to(
                    org_id, wanted.customer_id, wanted.card_id, subscription_id=wanted.subscription_id
                )
                told = wanted
        except RefusedError:
            # The card or the customer is gone at Stripe: its event says so, and another becomes the default then.
            return
    with transaction():
        default_card.enqueue_telling(org_id)


def _is_to_be_told(org_id: UUID, wanted: _Wanted) -> bool:
    """Whether Stripe lacks the card; where it was told of it already, another may have been chosen there since."""
    if default_card.list_sent_to_stripe(org_id) != [wanted.card_id]:
        return True
    organization = db.session.get_one(Organization, org_id)
    return not default_at_stripe.follow_customer(
        organization, wanted.customer_id, subscription_id=wanted.subscription_id, is_telling=True
    )


def _wanted(org_id: UUID) -> _Wanted | None:
    """The organization's customer and card at Stripe, read afresh; no transaction is open afterward."""
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
