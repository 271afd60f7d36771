"""The plan of an organization as pages show it, and the plans it can choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.billing import catalog, ledger
from app.billing.catalog import Meter, Plan
from app.billing.money import Money, half_up
from app.billing.quantities import Quantity, quantity_of
from app.billing.subscriptions import FREE_PLAN
from app.extensions import db
from app.models import Organization, ResourceCount, Subscription, SubscriptionStatus

_LIMIT_LABELS = {"agents": "Agents", "phone_numbers": "Phone numbers", "concurrent_calls": "Calls at once"}


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
    plan: Plan
    status: SubscriptionStatus
    period_start: date
    renews_on: date | None
    scheduled: ScheduledChange | None
    failed_on: date | None
    failure: str | None
    limits: tuple[Limit, ...]

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
    rows = db.session.execute(
        select(Subscription, ResourceCount.resource, ResourceCount.count)
        .select_from(Organization)
        .outerjoin(Subscription, Subscription.org_id == Organization.id)
        .outerjoin(ResourceCount, ResourceCount.org_id == Organization.id)
        .where(Organization.id == organization.id)
    ).all()
    subscription = rows[0][0]
    counts = {resource: count for _, resource, count in rows if resource is not None}
    shelf = catalog.current()
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
            for key, label in _LIMIT_LABELS.items()
            if key in plan.limits
        ),
    )


def _month_of(organization: Organization) -> date:
    return ledger.local_day_of(organization).replace(day=1)


@dataclass(frozen=True, slots=True)
class PlanRate:
    """The price of one step of a meter: `amount` for `per`, which says how much of what."""

    meter: str
    label: str
    amount: Money
    per: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan of the catalogue, with everything that tells it from the others."""

    plan: Plan
    is_current: bool
    limits: tuple[Limit, ...]
    allowances: tuple[Quantity, ...]
    rates: tuple[PlanRate, ...]


def compare(organization: Organization) -> list[Offer]:
    """The catalogue's plans in its order, the current one marked."""
    current = gather(organization).plan.key
    return [_offer(plan, is_current=plan.key == current) for plan in catalog.current().plans.values()]


def _offer(plan: Plan, *, is_current: bool) -> Offer:
    meters = catalog.current().meters
    return Offer(
        plan=plan,
        is_current=is_current,
        limits=tuple(Limit(_LIMIT_LABELS[key], None, allowed) for key, allowed in plan.limits.items()),
        allowances=tuple(quantity_of(meter, units) for meter, units in plan.allowances.items()),
        rates=tuple(
            PlanRate(
                key,
                meter.label,
                Money(half_up(plan.rates[key] * meter.per), plan.price.currency),
                _step(meter),
            )
            for key, meter in meters.items()
        ),
    )


def _step(meter: Meter) -> str:
    """`min`, `1 M tokens`: what the shown price of a meter is for."""
    shown = meter.per // meter.shown_per
    if shown <= 1:
        return meter.shown_as.removesuffix("s") if meter.shown_as.endswith("days") else meter.shown_as
    return (
        f"{shown // 1_000_000} M {meter.shown_as}" if shown % 1_000_000 == 0 else f"{shown} {meter.shown_as}"
    )
