"""What an organization's plan includes, and how much of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select

from app.billing.catalog import Plan, versions
from app.billing.plans import current, resource_counts, terms
from app.clock import utc_now
from app.extensions import db
from app.models import Allowance, Hold, HoldAllowance, Organization, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """A plan's limit for a resource (None: unlimited), and the current count (None: not reported)."""

    resource: str
    allowed: int | None
    used: int | None

    @property
    def is_exceeded(self) -> bool:
        return self.allowed is not None and self.used is not None and self.used > self.allowed


@dataclass(frozen=True, slots=True)
class AllowanceLeft:
    """An allowance of the current period, in `unit`s of its meters; calls in progress have reserved `reserved` of
    it."""

    key: str
    label: str
    unit: str
    meters: tuple[str, ...]
    included: int
    used: int
    reserved: int

    @property
    def left(self) -> int:
        return max(self.included - self.used - self.reserved, 0)


@dataclass(frozen=True, slots=True)
class Entitlements:
    """`period_start` is the day on which the current billing period began, in the organization's zone."""

    plan: Plan
    status: SubscriptionStatus
    period_start: date
    limits: tuple[LimitLeft, ...]
    allowances: tuple[AllowanceLeft, ...]


def gather(organization: Organization) -> Entitlements:
    """The plan of an organization with what is left of it."""
    view = current.gather(organization)
    counts = resource_counts.counts_of(organization.id)
    start = terms.get_terms(organization).period_of(organization.local_day(utc_now()))
    query = select(Allowance.meter, Allowance.used).where(
        Allowance.org_id == organization.id, Allowance.period_start == start
    )
    used = {row.meter: row.used for row in db.session.execute(query)}
    reserved = _reserved(organization, start)
    plan = view.in_force
    return Entitlements(
        plan=plan,
        status=view.status,
        period_start=start,
        limits=tuple(
            LimitLeft(resource, plan.limits.get(resource), counts.get(resource))
            for resource in [*plan.limits, *sorted(counts.keys() - plan.limits.keys())]
        ),
        allowances=tuple(
            _allowance(plan, pool, units, used.get(pool, 0), reserved.get(pool, 0))
            for pool, units in plan.allowances.items()
        ),
    )


def _reserved(organization: Organization, start: date) -> dict[str, int]:
    """What calls in progress have reserved, by allowance. An expired lease reserves nothing."""
    query = (
        select(HoldAllowance.meter, func.sum(HoldAllowance.reserved).label("units"))
        .join(Hold, and_(Hold.org_id == HoldAllowance.org_id, Hold.id == HoldAllowance.hold_id))
        .where(HoldAllowance.org_id == organization.id, HoldAllowance.period_start == start)
        .where(Hold.expires_at > utc_now())
        .group_by(HoldAllowance.meter)
    )
    return {row.meter: int(row.units) for row in db.session.execute(query)}


def _allowance(plan: Plan, key: str, included: int, used: int, reserved: int) -> AllowanceLeft:
    plan_catalog = versions.find(plan.version)
    pool = plan_catalog.pool(key)
    return AllowanceLeft(
        key=key,
        label=pool.label,
        unit=plan_catalog.meter(pool.meters[0]).unit,
        meters=pool.meters,
        included=included,
        used=min(used, included),
        reserved=reserved,
    )
