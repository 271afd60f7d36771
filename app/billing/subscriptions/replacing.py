"""What a switch of plan replaces: a change or an end that is planned goes once the switch is made, and no sooner.

Stripe takes an end with the period away together with the update that is paid
(https://docs.stripe.com/changelog/endive/2026-09-30/scheduled-subscription-cancellation). A schedule, and an end at
another time, no update can take away: the first to see that the switch was made does that. Until it is done the
switch isn't over, so that after a killed process the next one does it.
"""

from __future__ import annotations

from app.billing.subscriptions import switch_queries, switch_settlement
from app.models import Organization, PlanSwitch
from app.payments import subscriptions
from app.payments.subscription_facts import StripeSubscription


def record(switch: PlanSwitch, subscription: StripeSubscription) -> None:
    """Store with a switch that is confirmed what it is to replace; in the caller's transaction."""
    switch.replaces_schedule_id = subscription.schedule_id
    switch.replaces_ends_at = subscription.ends_at
    switch.replaces_with_period = subscription.ends_with_period


def settle(organization: Organization, found: StripeSubscription) -> StripeSubscription:
    """The subscription without what a switch has replaced that was made; Stripe is asked only where that is there.

    The caller holds no lock on the wallet. Raises what `app.payments` raises: then the switch is still open,
    and its job comes back to this.
    """
    switch = switch_queries.find_open(organization.id)
    if switch is None or not switch_settlement.is_made(switch, found):
        return found
    return subscriptions.keep_active(found) if switch_settlement.is_left_of_replaced(switch, found) else found


def make_way(subscription: StripeSubscription) -> StripeSubscription:
    """The subscription without its planned end, for a change that is planned instead: Stripe would end it first.

    A schedule that doesn't end it stays, because it is changed rather than replaced. Raises what `app.payments`
    raises.
    """
    return subscription if subscription.ends_at is None else subscriptions.keep_active(subscription)


def restore(switch: PlanSwitch, subscription_id: str) -> None:
    """Let the subscription end again as it was to, where a change that is not made after all took that away.

    Raises what `app.payments` raises.
    """
    if switch.is_at_once or switch.replaces_ends_at is None:
        return
    found = subscriptions.fetch(subscription_id)
    if found.ends_at is not None or found.planned is not None or found.has_ended:
        return
    if found.schedule_id is not None:
        # It was made for the change, and has nothing planned.
        subscriptions.cancel_schedule(found.schedule_id)
    subscriptions.end(found.id, None if switch.replaces_with_period else switch.replaces_ends_at)
