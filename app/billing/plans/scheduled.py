"""A change of plan that happens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.billing.catalog import Plan, versions
from app.models import Interval, Organization, Subscription
from app.money import Money


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    """A change that happens automatically `on` a day: at the end of the period, or when the subscription ends."""

    plan: Plan
    interval: str
    on: date
    quantity: int = 1

    @property
    def plan_name(self) -> str:
        return self.plan.name

    @property
    def price(self) -> Money:
        return self.plan.price_by(self.interval) * self.quantity


def find_scheduled(organization: Organization, subscription: Subscription) -> ScheduledChange | None:
    """What the subscription changes to by itself, and on which day in the organization's zone. No statement."""
    if subscription.scheduled_plan is None:
        return None
    return ScheduledChange(
        versions.get_plan(subscription.scheduled_plan, subscription.scheduled_version),
        subscription.scheduled_interval or Interval.MONTH,
        _day_of_change(organization, subscription),
        quantity=subscription.quantity,
    )


def _day_of_change(organization: Organization, subscription: Subscription) -> date:
    at = subscription.scheduled_at
    return organization.local_day(at) if at else subscription.period_end
