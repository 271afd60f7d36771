"""Subscriptions at Stripe: create one, switch it immediately or later, cancel that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import stripe

from app.payments import phases
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.references import id_of
from app.payments.statuses import StripeSubscriptionStatus, SubscriptionScheduleStatus
from app.payments.subscription_facts import Chosen, StripeSubscription, read
from app.payments.tax_settings import TaxSettings


def fetch(subscription_id: str) -> StripeSubscription:
    """A subscription as it is now. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        found = stripe_client().v1.subscriptions.retrieve(
            subscription_id, {"expand": ["schedule", "latest_invoice", "customer"]}
        )
        return read(found)


def subscription_of_schedule(schedule_id: str) -> str | None:
    """The id of a schedule's subscription. Raises as `fetch` does."""
    with translated():
        schedule = stripe_client().v1.subscription_schedules.retrieve(schedule_id)
    return id_of(schedule.subscription) or schedule.released_subscription


def all_running() -> Iterator[StripeSubscription]:
    """All subscriptions that have not ended, newest first. Raises as `fetch` does."""
    with translated():
        listed = stripe_client().v1.subscriptions.list(
            {"limit": 100, "expand": ["data.schedule", "data.latest_invoice", "data.customer"]}
        )
        for one in listed.auto_paging_iter():
            yield read(one)


def create(
    org_id: UUID, customer_id: str, price_id: str, chosen: Chosen, *, after: str | None
) -> StripeSubscription:
    """Subscribe a customer to a free price; repeating this returns the same subscription.

    `after` is the organization's previous subscription, which has ended. Raises as `fetch` does.
    """
    params: stripe.params.SubscriptionCreateParams = {
        "customer": customer_id,
        "items": [{"price": price_id}],
        "billing_mode": {"type": "flexible"},
        "metadata": {**chosen.metadata, "organization": str(org_id)},
    }
    with translated():
        made = stripe_client().v1.subscriptions.create(
            params, {"idempotency_key": f"subscription:{org_id}:{after or 'first'}:{price_id}"}
        )
    return fetch(made.id)


def switch(
    subscription: StripeSubscription,
    price_id: str,
    chosen: Chosen,
    *,
    as_of: datetime,
    key: str,
    goes_on: bool = False,
) -> StripeSubscription:
    """Change the plan immediately and charge for it; until it is paid the old plan stays.

    Within an interval that is the difference as of a preview. A plan that begins a new period is charged in full,
    minus credit for the rest of the old one, as of now. With `goes_on`, a scheduled cancellation is removed once that
    is paid. https://docs.stripe.com/billing/subscriptions/pending-updates. Raises as `fetch` does.
    """
    params: stripe.params.SubscriptionUpdateParams = {
        "items": [{"id": subscription.item_id, "price": price_id, "quantity": subscription.quantity}],
        "proration_behavior": "always_invoice",
        "payment_behavior": "pending_if_incomplete",
        "metadata": chosen.metadata,
    }
    if goes_on:
        params["cancel_at_period_end"] = False
    if subscription.begins_period(chosen.interval):
        params["billing_cycle_anchor"] = {"type": "now"}
    else:
        params["proration_date"] = int(as_of.timestamp())
    with translated():
        stripe_client().v1.subscriptions.update(subscription.id, params, {"idempotency_key": key})
    return fetch(subscription.id)


def plan_for_period_end(
    subscription: StripeSubscription, price_id: str, chosen: Chosen, *, key: str
) -> StripeSubscription:
    """Schedule another plan for the end of the period, replacing an earlier schedule.

    By a schedule that is released once the new plan has begun
    (https://docs.stripe.com/billing/subscriptions/subscription-schedules). Raises as `fetch` does.
    """
    client = stripe_client().v1
    with translated():
        if subscription.schedule_id is None:
            schedule = client.subscription_schedules.create(
                {"from_subscription": subscription.id}, {"idempotency_key": f"{key}:schedule"}
            )
        else:
            schedule = client.subscription_schedules.retrieve(subscription.schedule_id)
        current = phases.current(
            client.subscriptions.retrieve(subscription.id),
            schedule,
            until=subscription.period_end,
            metadata=(subscription.chosen or chosen).metadata,
        )
        coming = phases.following(
            current,
            price_id,
            chosen.interval,
            instead_of=subscription.price_id,
            begins_period=subscription.begins_period(chosen.interval),
            metadata=chosen.metadata,
        )
        params: stripe.params.SubscriptionScheduleUpdateParams = {
            "end_behavior": "release",
            "proration_behavior": "none",
            "phases": [current, coming],
        }
        client.subscription_schedules.update(schedule.id, params, {"idempotency_key": f"{key}:phases"})
    return fetch(subscription.id)


def cancel_schedule(schedule_id: str) -> None:
    """Cancel a subscription's scheduled change. Raises as `fetch` does.

    A released schedule needs no canceling. A cancellation that it has set is removed with it
    (https://docs.stripe.com/api/subscription_schedules/release).
    """
    if _is_running(schedule_id):
        try:
            with translated():
                stripe_client().v1.subscription_schedules.release(schedule_id)
        except RefusedError:
            # Someone else has released it at this moment.
            if _is_running(schedule_id):
                raise


def keep_active(subscription: StripeSubscription) -> StripeSubscription:
    """Keep a subscription as it is, without a schedule or a cancellation. Raises as `fetch` does.

    The schedule goes first: while it exists, Stripe refuses to change the cancellation.
    """
    if subscription.schedule_id is not None:
        cancel_schedule(subscription.schedule_id)
    found = fetch(subscription.id)
    if found.ends_at is None or found.has_ended:
        return found
    # Undo what was set: whether undoing one undoes both isn't documented.
    params: stripe.params.SubscriptionUpdateParams = (
        {"cancel_at_period_end": False} if found.ends_with_period else {"cancel_at": ""}
    )
    with translated():
        stripe_client().v1.subscriptions.update(subscription.id, params)
    return fetch(subscription.id)


def end(subscription_id: str, at: datetime | None) -> None:
    """Schedule the cancellation of a subscription at a time, or at period end. Raises as `fetch` does.

    https://docs.stripe.com/billing/subscriptions/cancel
    """
    params: stripe.params.SubscriptionUpdateParams = (
        {"cancel_at_period_end": True} if at is None else {"cancel_at": int(at.timestamp())}
    )
    with translated():
        stripe_client().v1.subscriptions.update(subscription_id, params)


def set_tax(subscription_id: str, tax: TaxSettings) -> StripeSubscription:
    """Set a subscription's tax from its next invoice on, and in its schedule, which would otherwise unset it. Raises
    as `fetch` does."""
    with translated():
        stripe_client().v1.subscriptions.update(subscription_id, tax.as_params)
    found = fetch(subscription_id)
    if found.planned is None or found.planned.chosen.switch is None:
        return found
    return plan_for_period_end(found, found.planned.price_id, found.planned.chosen, key=f"tax:{uuid4()}")


def clear_own_card(subscription_id: str) -> None:
    """Make a subscription use its customer's default card instead of its own. Raises as `fetch` does.

    An empty string unsets it, according to https://stackoverflow.com/a/76282845; it isn't documented, so it is
    unverified.
    """
    with translated():
        found = stripe_client().v1.subscriptions.retrieve(subscription_id)
        if found.default_payment_method is not None and not StripeSubscriptionStatus(found.status).has_ended:
            stripe_client().v1.subscriptions.update(subscription_id, {"default_payment_method": ""})


def cancel(subscription_id: str) -> StripeSubscription:
    """Cancel a subscription now, with its schedule. Nothing is charged or refunded.

    https://docs.stripe.com/api/subscriptions/cancel. Raises as `fetch` does.
    """
    with translated():
        stripe_client().v1.subscriptions.cancel(subscription_id)
    return fetch(subscription_id)


def _is_running(schedule_id: str) -> bool:
    with translated():
        found = stripe_client().v1.subscription_schedules.retrieve(schedule_id)
    return SubscriptionScheduleStatus(found.status).is_running
