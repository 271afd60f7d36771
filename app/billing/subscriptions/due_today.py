"""What a switch would charge now, before it is reviewed: asked while a plan is only being looked at."""

from __future__ import annotations

from app.billing import catalog
from app.billing.plans import arrangements, offers
from app.billing.plans.refusals import ChangeRefusedError
from app.billing.subscriptions import previews, switch_conditions, switch_queries, switch_reviews
from app.models import Organization, SubscriptionStatus
from app.money import Money
from app.payments import subscriptions


def find_due(organization: Organization, plan: str, interval: str) -> Money | None:
    """What the review of this switch would say is due today; None where that can be said only by the review.

    That is so where there is no subscription at Stripe yet, where its taxes are set with the review, and where the
    switch would be refused. Nothing is changed, and nothing is stored. Raises `PlanNotOfferedError`, and what
    `app.payments` raises.
    """
    chosen = offers.get_offered_plan(plan, interval)
    row = switch_queries.get_subscription(organization)
    if row is None or row.stripe_id is None or row.status is SubscriptionStatus.CANCELED:
        return None
    if not switch_reviews.is_at_once(row, chosen, interval):
        return Money.zero(chosen.price.currency)
    found, tax = subscriptions.fetch(row.stripe_id), catalog.current().tax
    if found.has_ended or (tax is not None and found.tax != tax):
        return None
    try:
        arrangements.check_changeable(row)
        switch_conditions.check_paid(organization, found)
    except ChangeRefusedError:
        return None
    return previews.due_now(found, chosen, interval)
