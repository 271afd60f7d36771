"""Ensures that an organization has a subscription that a change of plan can be applied to; it starts on the free
plan."""

from __future__ import annotations

from app.billing.cards import default_at_stripe, default_card, payment_methods
from app.billing.cards.payment_methods import customer_of
from app.billing.catalog import versions
from app.billing.plans import arrangements, terms
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.billing.plans.terms import FREE_PLAN
from app.billing.subscriptions import switch_queries, sync
from app.models import Interval, Organization, PaymentMethod, Subscription, SubscriptionStatus
from app.payments import previews, subscriptions
from app.payments.errors import RefusedError
from app.payments.subscription_facts import Chosen, StripeSubscription


class SubscriptionMissingError(ChangeRefusedError):
    """The plan was not sold through Stripe, so it can't be changed there: support has to handle it."""

    refusal = Refusal.SOLD_ELSEWHERE


def ensure(organization: Organization) -> StripeSubscription:
    """The organization's subscription as Stripe has it now, with our plan in sync. Commits.

    If there is none, one is created on the free plan, which costs nothing and needs no card, so that every switch is
    a change of a subscription. Raises `SubscriptionMissingError`, and what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is not None and row.stripe_id is None:
        raise SubscriptionMissingError
    if row is not None and row.stripe_id is not None and row.status is not SubscriptionStatus.CANCELED:
        found = sync.sync_plan(organization, subscriptions.fetch(row.stripe_id))
        default_at_stripe.follow(organization, found)
        if not found.has_ended:
            return found
    return _begin(organization, row)


def ensure_changeable(organization: Organization) -> StripeSubscription:
    """As `ensure`, for a change of plan. Raises `ArrangedError` if support made a custom arrangement."""
    found = ensure(organization)
    arrangements.check_changeable(switch_queries.get_subscription(organization))
    return found


def charge_to(organization: Organization, card: PaymentMethod, subscription: StripeSubscription) -> None:
    """Make Stripe charge the next invoice to the card that the person was shown. Commits.

    Raises what `app.payments` raises.
    """
    customer_id = customer_of(organization, email=None)
    own = subscription.id if subscription.own_card_id else None
    default_card.charge_to(organization.id, customer_id, card.stripe_id, subscription_id=own)


def _begin(organization: Organization, row: Subscription | None) -> StripeSubscription:
    # Its own version's free plan: viewing another plan changes nothing.
    free = versions.get_plan(FREE_PLAN, terms.get_terms(organization).version_now)
    price_id = previews.price_of(free.key, Interval.MONTH, free.price)
    customer_id = payment_methods.customer_of(organization, email=None)
    chosen = Chosen(free.key, Interval.MONTH, free.version)
    found = subscriptions.create(
        organization.id, customer_id, price_id, chosen, after=row.stripe_id if row else None
    )
    if found.has_ended:
        raise RefusedError("subscription_ended", f"{found.id} has ended already.")
    return sync.sync_plan(organization, found)
