"""What a switch replaces: a scheduled change or cancellation is removed once the switch is made, and no sooner.

Stripe removes a cancellation at period end together with the paid update
(https://docs.stripe.com/changelog/endive/2026-09-30/scheduled-subscription-cancellation). A schedule, and a
cancellation at another time, aren't removed by an update: the first process to see that the switch was made does
that. Until then the switch stays open, so that another process does it if one is killed.
"""

from __future__ import annotations

from app.billing.subscriptions import switch_queries, switch_settlement
from app.models import Organization, PlanSwitch
from app.payments import subscriptions
from app.payments.subscription_facts import StripeSubscription


def record(switch: PlanSwitch, subscription: StripeSubscription) -> None:
    """Store what a confirmed switch will replace; in the caller's transaction."""
    switch.replaces_schedule_id = subscription.schedule_id
    switch.replaces_ends_at = subscription.ends_at
    switch.replaces_with_period = subscription.ends_with_period


def settle(organization: Organization, found: StripeSubscription) -> StripeSubscription:
    """Remove what a completed switch replaces, and return the subscription; Stripe is only called if there is
    something to remove.

    The caller holds no lock on the wallet. Raises what `app.payments` raises: then the switch stays open, and its job
    retries this.
    """
    switch = switch_queries.find_open(organization.id)
    if switch is None or not switch_settlement.is_made(switch, found):
        return found
    return subscriptions.keep_active(found) if switch_settlement.is_left_of_replaced(switch, found) else found


def make_way(subscription: StripeSubscription) -> StripeSubscription:
    """Remove the scheduled cancellation of a subscription, for a change that is scheduled instead: Stripe would
    cancel it first.

    A schedule that doesn't cancel it stays, because it is edited rather than replaced. Raises what `app.payments`
    raises.
    """
    return subscription if subscription.ends_at is None else subscriptions.keep_active(subscription)


def restore(switch: PlanSwitch, subscription_id: str) -> None:
    """Restore the scheduled cancellation of a subscription, if a change that failed had removed it.

    Raises what `app.payments` raises.
    """
    if switch.is_at_once or switch.replaces_ends_at is None:
        return
    found = subscriptions.fetch(subscription_id)
    if found.ends_at is not None or found.planned is not None or found.has_ended:
        return
    if found.schedule_id is not None:
        # It was created for the change, and has nothing scheduled.
        subscriptions.cancel_schedule(found.schedule_id)
    subscriptions.end(found.id, None if switch.replaces_with_period else switch.replaces_ends_at)
