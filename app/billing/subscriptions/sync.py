"""Syncs an organization with its subscription at Stripe: the plan, and everything that depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import default_at_stripe
from app.billing.purchases import Outcome
from app.billing.subscriptions import (
    next_charge,
    projection,
    renewal_failures,
    replacing,
    switch_queries,
)
from app.models import Organization
from app.payments import subscriptions
from app.payments.subscription_facts import StripeSubscription
from app.transaction import transaction


@dataclass(frozen=True, slots=True)
class Synced:
    """The result: the plan's outcome, and whether the default card changed."""

    outcome: Outcome
    has_new_default: bool = False


def sync_subscription(organization: Organization, found: StripeSubscription) -> Synced:
    """Sync everything that depends on a subscription, fetched under the subscription's lock. Commits.

    One that isn't the organization's changes nothing. Raises what `app.payments` raises.
    """
    found = replacing.settle(organization, found)
    # Looked up before anything is locked.
    seen = next_charge.look_up_if_possible(organization, found.id) if not found.has_ended else None
    with transaction():
        outcome = projection.apply(organization, found)
        if outcome.is_ours:
            next_charge.store(organization, found.id, seen)
    if not outcome.is_ours:
        return Synced(outcome)
    renewal_failures.refresh(organization)
    return Synced(outcome, default_at_stripe.follow(organization, found))


def is_in_sync(organization: Organization, found: StripeSubscription) -> bool:
    """Whether plan and default card match Stripe, and the next charge and the reason of a failed renewal are known.

    Doesn't lock anything or call Stripe.
    """
    row = switch_queries.get_subscription(organization)
    lacks_reason = row is not None and row.open_invoice_id is not None and row.failure is None
    lacks_charge = row is not None and next_charge.is_missing(row)
    return (
        projection.is_in_sync(organization, found)
        and not lacks_reason
        and not lacks_charge
        and default_at_stripe.agrees(organization, found)
    )


def sync_plan(
    organization: Organization,
    found: StripeSubscription,
    actor: Actor = audit.STRIPE,
    *,
    at: datetime | None = None,
) -> StripeSubscription:
    """Sync only the plan, as of `at` or now, for a person who is waiting: the rest follows with Stripe's events.

    Commits. Returns the subscription as it is afterwards. Raises what `app.payments` raises.
    """
    found = replacing.settle(organization, found)
    with transaction():
        projection.apply(organization, found, actor, at=at)
    return found


def refresh_plan(organization: Organization, actor: Actor = audit.STRIPE) -> bool:
    """Fetch the organization's subscription and sync the plan; False if it has none. Commits.

    Raises what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is None or row.stripe_id is None:
        return False
    sync_plan(organization, subscriptions.fetch(row.stripe_id), actor)
    return True
