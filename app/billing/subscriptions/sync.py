"""Following a subscription: what Stripe says of it, on to the plan, its next charge and the default card."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.cards import default_at_stripe
from app.billing.subscriptions import next_charge, projection, renewals, replacing
from app.billing.subscriptions.projection import Outcome
from app.models import Organization
from app.payments.subscription_facts import StripeSubscription


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of it: for the plan, and whether another card is the default now."""

    outcome: Outcome
    has_new_default: bool = False


def follow(organization: Organization, found: StripeSubscription) -> Followed:
    """Bring an organization in line with its subscription, fetched under the subscription's lock. Commits.

    One that isn't its own changes nothing. Raises what `app.payments` raises.
    """
    found = replacing.settle(organization, found)
    # Looked up before anything is locked.
    seen = next_charge.look_up_if_possible(organization, found.id) if not found.has_ended else None
    outcome = projection.apply(organization, found)
    if outcome is Outcome.NOT_OURS:
        return Followed(outcome)
    next_charge.store(organization, found.id, seen)
    renewals.learn_failure(organization)
    return Followed(outcome, default_at_stripe.follow(organization, found))
