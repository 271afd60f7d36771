"""What can be planned for a subscription: changes that owners schedule, and ends that operators set at Stripe.

PLANNED=all tries everything that can be planned with everything that can happen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.billing.subscriptions import ensure as plan_subscriptions
from app.models import Organization
from app.payments import subscriptions
from tests.support.plans import (
    a_subscriber,
    plan_of,
    subscription_id,
    switch_to,
)
from tests.support.sandbox import Sandbox


def a_downgrade(sandbox: Sandbox) -> Organization:
    organization = a_subscriber("growth")
    switch_to(organization, "starter")
    return organization


def another_interval(sandbox: Sandbox) -> Organization:
    organization = a_subscriber("growth", interval="year")
    switch_to(organization, "growth", "month")
    return organization


def a_cancellation(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """For the end of the period, in Stripe's dashboard."""
    return in_the_dashboard(sandbox, a_subscriber(plan), cancel_at_period_end=True)


def a_date(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """A cancellation for a day of the operator's choice."""
    organization = a_subscriber(plan)
    end = subscriptions.fetch(subscription_id(organization)).period_end - timedelta(days=9)
    return in_the_dashboard(sandbox, organization, cancel_at=int(end.timestamp()))


def a_date_after_the_period(sandbox: Sandbox, plan: str = "growth") -> Organization:
    organization = a_subscriber(plan)
    end = subscriptions.fetch(subscription_id(organization)).period_end + timedelta(days=40)
    return in_the_dashboard(sandbox, organization, cancel_at=int(end.timestamp()))


def their_schedule_that_ends(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """A cancellation that the dashboard makes by a schedule."""
    organization = a_subscriber(plan)
    api = sandbox.stripe.v1.subscription_schedules
    schedule = api.create({"from_subscription": subscription_id(organization)})
    api.update(schedule.id, {"end_behavior": "cancel"})
    plan_subscriptions.ensure(organization)
    return organization


def in_the_dashboard(sandbox: Sandbox, organization: Organization, **params: Any) -> Organization:
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), params)  # type: ignore[arg-type]
    plan_subscriptions.ensure(organization)
    return organization


Planned = Callable[..., Organization]
ENDING: list[Planned] = [a_cancellation, a_date, a_date_after_the_period, their_schedule_that_ends]
KINDS: list[Planned] = [a_downgrade, another_interval, *ENDING]
WIDE = os.environ.get("PLANNED") == "all"
FEW: list[Planned] = KINDS if WIDE else [a_downgrade, a_date]


def at_stripe(organization: Organization) -> tuple[object, ...]:
    """What Stripe is going to do by itself."""
    found = subscriptions.fetch(subscription_id(organization))
    return found.schedule_id, found.planned, found.ends_at


def planned_of(organization: Organization) -> tuple[object, ...]:
    view = plan_of(organization)
    return view.name, view.scheduled, at_stripe(organization)
