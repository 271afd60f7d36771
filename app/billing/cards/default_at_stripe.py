"""A default card that was chosen at Stripe, for the customer or the subscription, becomes the default here.

So pages always name the card that Stripe charges. If the two differ, what we sent decides which is newer: a card that
Stripe may have from us is an outdated default of ours, and is synced again; any other was chosen there.
"""

from __future__ import annotations

import structlog

from app.billing import audit
from app.billing.cards import default_card, payment_methods
from app.billing.wallet import ledger
from app.models import Organization
from app.payments import cards, customers, subscriptions
from app.payments.cards import Card
from app.payments.errors import RefusedError
from app.payments.subscription_facts import StripeSubscription
from app.transaction import end_reading, transaction

log = structlog.get_logger("billing.cards")


def agrees(organization: Organization, found: StripeSubscription) -> bool:
    """Whether Stripe charges a subscription to the card that is the default here, or neither has one."""
    ours = payment_methods.default_of(organization.id)
    return found.own_card_id is None and found.customer_card_id == (ours.stripe_id if ours else None)


def follow(organization: Organization, found: StripeSubscription) -> bool:
    """Sync the default card from a subscription; returns whether it changed.

    Commits, and calls Stripe again, only if they differ. Raises what `app.payments` raises.
    """
    if found.has_ended or agrees(organization, found):
        return False
    return follow_customer(organization, found.customer_id or "", subscription_id=found.id)


def follow_customer(
    organization: Organization,
    customer_id: str,
    *,
    subscription_id: str | None = None,
    is_syncing: bool = False,
) -> bool:
    """The same by the customer, and its subscription if it has one that runs.

    `is_syncing`: the caller syncs the default to Stripe next, so that no job has to.
    """
    before = _sent(organization)
    if subscription_id is None:
        found = customers.default_card(customer_id)
        return _take(organization, None, found, before, is_syncing=is_syncing)
    now = subscriptions.fetch(subscription_id)
    return _take(organization, now.own_card_id, now.customer_card_id, before, is_syncing=is_syncing)


def _sent(organization: Organization) -> list[str]:
    told = default_card.list_sent_to_stripe(organization.id)
    end_reading()
    return told


def _take(
    organization: Organization,
    own: str | None,
    customers_own: str | None,
    before: list[str],
    *,
    is_syncing: bool = False,
) -> bool:
    """Compare what was read at Stripe, which had been sent `before`; if another card was sent since, the reading is
    outdated.

    `is_syncing`: the caller syncs the default to Stripe itself.
    """
    charged = own or customers_own
    card = _fetch(organization, charged) if charged and charged not in before else None
    is_changed = False
    with transaction():
        wallet = ledger.lock(organization.id)
        if card is not None and default_card.list_sent_to_stripe(organization.id) == before:
            ours = payment_methods.default_of(organization.id)
            if ours is None or ours.stripe_id != card.stripe_id:
                is_changed = _make_default(organization, card)
                wallet.version += 1
            organization.default_cards_told = [card.stripe_id]
        ours = payment_methods.default_of(organization.id)
        if not is_syncing and ours is not None and (own is not None or customers_own != ours.stripe_id):
            default_card.enqueue_default_sync(organization.id)
    return is_changed


def _make_default(organization: Organization, card: Card) -> bool:
    """Make the card the default, unless it was removed here; returns whether it is now."""
    method = payment_methods.record(organization, card, audit.STRIPE)
    if method.removed_at is not None or method.is_default:
        return method.is_default
    default_card.set_default(method, instead_of=payment_methods.default_of(organization.id))
    audit.record(
        organization.id, audit.STRIPE, "payment_method.made_default", str(method.id), card=method.label
    )
    log.info("default_card_of_stripe", organization=str(organization.id), card=card.stripe_id)
    return True


def _fetch(organization: Organization, card_id: str) -> Card | None:
    """The card as Stripe has it; None if it isn't a card, or no longer belongs to the customer."""
    try:
        card = cards.fetch_attached(card_id)
    except RefusedError as error:
        if error.code != "not_a_card":
            raise
        log.error("default_is_no_card", organization=str(organization.id), payment_method=card_id)
        return None
    return card if card is not None and organization.has_customer(card.customer_id) else None
