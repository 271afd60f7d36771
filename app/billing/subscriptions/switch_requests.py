"""The request that makes a switch of plan at Stripe, the same one however often it is sent."""

from __future__ import annotations

from app.billing.cards import default_sync
from app.billing.subscriptions import ensure, replacing
from app.billing.subscriptions import previews as plan_previews
from app.models import Organization, PaymentMethod, PlanSwitch
from app.payments import previews, subscriptions
from app.payments.subscription_facts import Chosen, StripeSubscription


def ask_stripe(
    organization: Organization,
    switch: PlanSwitch,
    subscription: StripeSubscription,
    card: PaymentMethod | None,
) -> StripeSubscription:
    """Send the current attempt of a switch to Stripe: the same request each time. Raises what `app.payments` raises.

    A scheduled change stays until an immediate switch is paid (`app.billing.subscriptions.replacing`).
    """
    key = f"switch:{switch.id}:{switch.attempt}"
    price = plan_previews.plan_of(switch).price_by(switch.interval)
    price_id = previews.price_of(switch.plan, switch.interval, price)
    chosen = Chosen(switch.plan, switch.interval, switch.version, str(switch.id))
    if not switch.is_at_once:
        if subscription.own_card_id is not None:
            # A schedule would keep it for the next period, even if the default changes by then.
            default_sync.sync_to_stripe(organization.id)
        plan_previews.check_next_not_more(switch, subscription, price_id)
        going_on = replacing.make_way(subscription)
        return subscriptions.plan_for_period_end(going_on, price_id, chosen, key=key)
    plan_previews.check_not_more(switch, subscription, price_id)
    if card is not None:
        ensure.charge_to(organization, card, subscription)
    return subscriptions.switch(
        subscription,
        price_id,
        chosen,
        as_of=switch.previewed_at,
        key=key,
        # Stripe doesn't allow this on a subscription with a schedule, which is released once the switch is made.
        goes_on=switch.replaces_with_period and switch.replaces_schedule_id is None,
    )
