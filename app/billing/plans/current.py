"""The plan of an organization as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, and_, bindparam, or_, select, true

from app.billing import catalog
from app.billing.catalog import Plan, versions
from app.billing.invoices import packed_sums
from app.billing.plans import arrangements, besides, grace, periods
from app.billing.plans.besides import AllowanceUse, WaitingSwitch
from app.billing.plans.periods import Starts
from app.billing.plans.scheduled import ScheduledChange, find_scheduled
from app.billing.plans.terms import FREE_PLAN
from app.clock import utc_now
from app.extensions import db
from app.models import (
    CatalogVersion,
    Interval,
    Organization,
    PaymentMethod,
    PlanTerm,
    ResourceCount,
    Subscription,
    SubscriptionStatus,
)
from app.money import Money
from app.payments.invoice_sums import Sums
from app.payments.oddities import Oddity


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the plan; `used` is unknown if the platform doesn't count it."""

    resource: str
    used: int | None
    allowed: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """`plan` is the one that is paid for, and `in_force` the one in force: the free one while it is suspended. Both
    have the price of their own version, and all else of the one announced since.

    `usage_starts` are the first days of the months of allowances around today, and `allowances` what is used of them
    in this one. `waiting` is a switch that is confirmed and not made yet, and `is_billed_known` whether documents
    have the name of who is billed. `is_charged_next` is whether the default card is charged for the plan once more.
    While a renewal is not paid, `grace_ends_on` is the last day on which the plan stays in force. It is paid
    `quantity` times, and `next_charge` is what Stripe will charge next, if known. `arranged` describes a custom
    arrangement, if the plan doesn't simply renew at its price. `counts` are of the resources that the platform
    counts, whether or not the plan limits them.
    """

    plan: Plan
    in_force: Plan
    interval: str
    status: SubscriptionStatus
    period_start: date
    renews_on: date | None
    usage_starts: Starts
    scheduled: ScheduledChange | None
    failed_on: date | None
    failure: str | None
    grace_ends_on: date | None
    limits: tuple[Limit, ...]
    counts: Mapping[str, int]
    default_card: PaymentMethod | None
    is_charged_next: bool
    allowances: tuple[AllowanceUse, ...]
    waiting: WaitingSwitch | None
    is_billed_known: bool
    quantity: int = 1
    next_charge: Sums | None = None
    arranged: Oddity | None = None

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def usage_from(self) -> date:
        return self.usage_starts.this

    @property
    def price(self) -> Money:
        """The list price of a period times the quantity, before discounts and taxes."""
        return self.plan.price_by(self.interval) * self.quantity

    @property
    def is_past_due(self) -> bool:
        return self.status is SubscriptionStatus.PAST_DUE

    @property
    def is_suspended(self) -> bool:
        """Whether the free plan is in force, because the renewal was not paid in time."""
        return self.in_force.key != self.plan.key


def gather(organization: Organization) -> PlanView:
    """The organization's plan with the use of its limits, in one statement."""
    now, today = utc_now(), organization.local_day()
    asked = {"of": organization.id, "now": now, "today": today}
    rows = db.session.execute(_everything(), asked).all()
    subscription, default, rated_by, holds, announced, more = rows[0][:6]
    version = announced or rated_by
    counts = {resource: count for *_, resource, count in rows if resource is not None}
    if subscription is None:
        free = versions.own(holds or FREE_PLAN, rated_by, in_force=version)
        return _without_subscription(organization, free, counts, more)
    plan = versions.own(subscription.plan, subscription.version or rated_by, in_force=version)
    is_suspended = grace.is_suspended(organization, subscription)
    deadline = grace.deadline_of(organization, subscription)
    in_force = versions.own(FREE_PLAN, rated_by, in_force=version) if is_suspended else plan
    scheduled = find_scheduled(organization, subscription)
    failed_on = organization.local_day(subscription.failed_at) if subscription.failed_at else None
    starts = periods.starts_around(subscription.anchor, ZoneInfo(organization.timezone), today)
    return PlanView(
        plan=plan,
        in_force=in_force,
        interval=subscription.interval,
        status=subscription.status,
        period_start=subscription.period_start,
        renews_on=subscription.period_end,
        usage_starts=starts,
        scheduled=scheduled,
        failed_on=failed_on,
        failure=subscription.failure,
        grace_ends_on=deadline.last_day if deadline else None,
        limits=_limits(in_force, counts),
        counts=counts,
        default_card=default,
        is_charged_next=_is_charged_next(subscription, plan, scheduled),
        allowances=besides.allowances(in_force, starts.this, more),
        waiting=besides.waiting(more),
        is_billed_known=more["is_billed_known"],
        quantity=subscription.quantity,
        next_charge=packed_sums.unpack(subscription.next_charge) if subscription.next_charge else None,
        arranged=arrangements.what_is_arranged(subscription),
    )


def _without_subscription(
    organization: Organization, plan: Plan, counts: dict[str, int], more: dict[str, Any]
) -> PlanView:
    """The plan of an organization without a subscription at Stripe: by calendar months."""
    starts = periods.starts_around(None, ZoneInfo(organization.timezone), organization.local_day())
    month = starts.this
    return PlanView(
        plan=plan,
        in_force=plan,
        interval=Interval.MONTH,
        status=SubscriptionStatus.ACTIVE,
        period_start=month,
        renews_on=None,
        usage_starts=starts,
        scheduled=None,
        failed_on=None,
        failure=None,
        grace_ends_on=None,
        limits=_limits(plan, counts),
        counts=counts,
        default_card=None,
        is_charged_next=False,
        allowances=besides.allowances(plan, month, more),
        waiting=besides.waiting(more),
        is_billed_known=more["is_billed_known"],
    )


def _limits(plan: Plan, counts: dict[str, int]) -> tuple[Limit, ...]:
    return tuple(
        Limit(key, counts.get(key), plan.limits[key]) for key in catalog.LIMITS if key in plan.limits
    )


@cache
def _everything() -> Executable:
    """Subscription, default card, versions and counts. Built once, because each view of the Overview runs it."""
    is_default = and_(
        PaymentMethod.org_id == Organization.id, PaymentMethod.is_default, PaymentMethod.removed_at.is_(None)
    )
    term = (
        select(PlanTerm.version, PlanTerm.plan, PlanTerm.starts_at)
        .where(PlanTerm.org_id == bindparam("of"), PlanTerm.starts_at <= bindparam("now"))
        .order_by(PlanTerm.starts_at.desc())
        .limit(1)
        .subquery()
    )
    announced = (
        select(CatalogVersion.version)
        .where(CatalogVersion.announced_for <= bindparam("now"))
        .where(or_(term.c.starts_at.is_(None), CatalogVersion.announced_for > term.c.starts_at))
        .order_by(CatalogVersion.announced_for.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Subscription,
            PaymentMethod,
            term.c.version,
            term.c.plan,
            announced,
            besides.column(),
            ResourceCount.resource,
            ResourceCount.count,
        )
        .select_from(Organization)
        .outerjoin(Subscription, Subscription.org_id == Organization.id)
        .outerjoin(PaymentMethod, is_default)
        .outerjoin(term, true())
        .outerjoin(ResourceCount, ResourceCount.org_id == Organization.id)
        .where(Organization.id == bindparam("of"))
    )


def _is_charged_next(subscription: Subscription, plan: Plan, scheduled: ScheduledChange | None) -> bool:
    """False for a free plan, one that has ended or charges no card, and one that becomes free after this period."""
    if not plan.price or subscription.status is SubscriptionStatus.CANCELED:
        return False
    if not arrangements.is_charged_to_card(subscription):
        return False
    is_owed = subscription.status is SubscriptionStatus.PAST_DUE
    return is_owed or scheduled is None or bool(scheduled.price) or scheduled.on > subscription.period_end
