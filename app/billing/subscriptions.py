"""The plan an organization is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from app.billing import catalog
from app.billing.catalog import Plan
from app.extensions import db
from app.models import Organization, Subscription, SubscriptionStatus

FREE_PLAN = "starter"


@dataclass(frozen=True, slots=True)
class Period:
    """A billing period: `end` is the first day of the next."""

    start: date
    end: date


def subscribe(organization: Organization, plan: str, *, period: Period) -> Subscription:
    """Put an organization on a plan from `period` on. Raises `CatalogError`."""
    subscription = Subscription(
        org_id=organization.id,
        plan=catalog.current().plan(plan).key,
        status=SubscriptionStatus.ACTIVE,
        period_start=period.start,
        period_end=period.end,
    )
    db.session.add(subscription)
    db.session.flush()
    return subscription


def plan_on(organization: Organization, day: date) -> tuple[Plan, date]:
    """The plan that rates usage of `day`, and the first day of the billing period that the day falls in.

    Without a subscription it is the free plan, in calendar months.
    """
    subscription = db.session.get(Subscription, (organization.id,)) if organization else None
    if subscription is None:
        return catalog.current().plan(FREE_PLAN), day.replace(day=1)
    start = subscription.period_start
    while day < start:
        start -= relativedelta(months=1)
    while day >= start + relativedelta(months=1):
        start += relativedelta(months=1)
    return catalog.current().plan(subscription.plan), start
