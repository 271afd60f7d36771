"""The plan of an organization as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Executable, and_, bindparam, select

from app.billing import catalog, catalog_versions, ledger, plan_card
from app.billing.catalog import Plan
from app.billing.money import Money
from app.billing.plan_card import PlanCard
from app.billing.plan_terms import FREE_PLAN
from app.extensions import db
from app.models import (
    Organization,
    PaymentMethod,
    PlanTerm,
    ResourceCount,
    Subscription,
    SubscriptionStatus,
)
from app.models.columns import utc_now

LIMIT_LABELS = {"agents": "Agents", "phone_numbers": "Phone numbers", "concurrent_calls": "Calls at once"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a plan allows; `used` is unknown where the platform doesn't count it."""

    label: str
    used: int | None
    allowed: int


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    plan_name: str
    on: date


@dataclass(frozen=True, slots=True)
class PlanView:
    """`paid_with` is there as long as a card is charged for the plan once more."""

    plan: Plan
    status: SubscriptionStatus
    period_start: date
    renews_on: date | None
    scheduled: ScheduledChange | None
    failed_on: date | None
    failure: str | None
    limits: tuple[Limit, ...]
    paid_with: PlanCard | None

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def price(self) -> Money:
        return self.plan.price

    @property
    def interval(self) -> str:
        return self.plan.interval

    @property
    def is_past_due(self) -> bool:
        return self.status is SubscriptionStatus.PAST_DUE


def gather(organization: Organization) -> PlanView:
    """The organization's plan with what it uses of its limits, in one statement."""
    rows = db.session.execute(_everything(), {"of": organization.id, "now": utc_now()}).all()
    subscription, default, bought = rows[0][:3]
    counts = {resource: count for *_, resource, count in rows if resource is not None}
    shelf = catalog_versions.find(bought) if bought else catalog.current()
    plan = shelf.plan(subscription.plan if subscription else FREE_PLAN)
    scheduled = (
        shelf.plan(subscription.scheduled_plan) if subscription and subscription.scheduled_plan else None
    )
    return PlanView(
        plan=plan,
        status=subscription.status if subscription else SubscriptionStatus.ACTIVE,
        period_start=subscription.period_start if subscription else _month_of(organization),
        renews_on=subscription.period_end if subscription else None,
        scheduled=ScheduledChange(scheduled.name, subscription.period_end) if scheduled else None,
        failed_on=subscription.failed_on if subscription else None,
        failure=subscription.failure if subscription else None,
        limits=tuple(
            Limit(label, counts.get(key), plan.limits[key])
            for key, label in LIMIT_LABELS.items()
            if key in plan.limits
        ),
        paid_with=plan_card.look_at(organization, default, subscription.period_end)
        if subscription and _is_charged_next(subscription, plan, scheduled)
        else None,
    )


@cache
def _everything() -> Executable:
    """Subscription, default card, version and counts. Built once: the Overview asks it with each view."""
    is_default = and_(
        PaymentMethod.org_id == Organization.id, PaymentMethod.is_default, PaymentMethod.removed_at.is_(None)
    )
    version = (
        select(PlanTerm.version)
        .where(PlanTerm.org_id == bindparam("of"), PlanTerm.starts_at <= bindparam("now"))
        .order_by(PlanTerm.starts_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Subscription, PaymentMethod, version, ResourceCount.resource, ResourceCount.count)
        .select_from(Organization)
        .outerjoin(Subscription, Subscription.org_id == Organization.id)
        .outerjoin(PaymentMethod, is_default)
        .outerjoin(ResourceCount, ResourceCount.org_id == Organization.id)
        .where(Organization.id == bindparam("of"))
    )


def _is_charged_next(subscription: Subscription, plan: Plan, scheduled: Plan | None) -> bool:
    """Not for a free plan, nor for one that has ended or goes down to free when the paid period is over."""
    if not plan.price or subscription.status is SubscriptionStatus.CANCELED:
        return False
    is_owed = subscription.status is SubscriptionStatus.PAST_DUE
    return is_owed or scheduled is None or bool(scheduled.price)


def _month_of(organization: Organization) -> date:
    return ledger.local_day_of(organization).replace(day=1)
