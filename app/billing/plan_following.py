"""Following a subscription: what Stripe says of it, on to the plan, its next charge and the default card."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import (
    default_card_at_stripe,
    plan_next_charge,
    plan_projection,
    plan_renewals,
    plan_replacing,
)
from app.billing.plan_projection import Outcome
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
    found = plan_replacing.settle(organization, found)
    # Looked up before anything is locked.
    seen = plan_next_charge.look_up_if_possible(organization, found.id) if not found.has_ended else None
    outcome = plan_projection.apply(organization, found)
    if outcome is Outcome.NOT_OURS:
        return Followed(outcome)
    plan_next_charge.store(organization, found.id, seen)
    plan_renewals.learn_failure(organization)
    return Followed(outcome, default_card_at_stripe.follow(organization, found))
