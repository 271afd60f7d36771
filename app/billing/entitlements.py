"""What an organization's plan allows, and what of that is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.billing import catalog_versions, ledger, plan_terms, plans, resources
from app.billing.catalog import Plan
from app.extensions import db
from app.models import Allowance, Organization, SubscriptionStatus
from app.models.columns import utc_now


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """How much of a resource a plan allows (None: any number), and how much there is (None: nobody counted)."""

    resource: str
    allowed: int | None
    used: int | None

    @property
    def is_exceeded(self) -> bool:
        return self.allowed is not None and self.used is not None and self.used > self.allowed


@dataclass(frozen=True, slots=True)
class AllowanceLeft:
    """An allowance of the current period, in `unit`s of its meters."""

    key: str
    label: str
    unit: str
    meters: tuple[str, ...]
    included: int
    used: int

    @property
    def left(self) -> int:
        return max(self.included - self.used, 0)


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
    view = plans.gather(organization)
    counts = resources.counts_of(organization.id)
    start = plan_terms.of(organization).period_of(ledger.local_day_of(organization, utc_now()))
    query = select(Allowance.meter, Allowance.used).where(
        Allowance.org_id == organization.id, Allowance.period_start == start
    )
    used = {row.meter: row.used for row in db.session.execute(query)}
    plan = view.holds
    return Entitlements(
        plan=plan,
        status=view.status,
        period_start=start,
        limits=tuple(
            LimitLeft(resource, plan.limits.get(resource), counts.get(resource))
            for resource in [*plan.limits, *sorted(counts.keys() - plan.limits.keys())]
        ),
        allowances=tuple(
            _allowance(plan, pool, units, used.get(pool, 0)) for pool, units in plan.allowances.items()
        ),
    )


def _allowance(plan: Plan, key: str, included: int, used: int) -> AllowanceLeft:
    shelf = catalog_versions.find(plan.version)
    pool = shelf.pool(key)
    return AllowanceLeft(
        key, pool.label, shelf.meter(pool.meters[0]).unit, pool.meters, included, min(used, included)
    )
