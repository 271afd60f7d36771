"""Which plan would have been cheapest: the usage of the last thirty days, priced by every plan.

It is an estimate, and labeled as one: daily totals are priced as if in one billing period, so a rate's minimum and
step per call are ignored, for all plans alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.billing import catalog
from app.billing.catalog import Plan, rating
from app.billing.plans import resource_counts
from app.extensions import db
from app.models import Interval, Organization, UsageByMeter
from app.money import Money, half_up_ratio, smallest_unit

DAYS = 30


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a month on a plan would have cost: its price, and usage beyond its allowances."""

    plan: Plan
    interval: str
    usage: Money
    is_current: bool
    fits: bool
    """Whether the organization's resources are within the plan's limits."""

    @property
    def price(self) -> Money:
        """The plan's monthly price; a twelfth of the yearly price, to the cent, if paid yearly."""
        if self.interval == Interval.MONTH or self.plan.yearly is None:
            return self.plan.price
        yearly = self.plan.yearly
        unit = smallest_unit(yearly.currency)
        return Money(half_up_ratio(yearly.micro, 12 * unit) * unit, yearly.currency)

    @property
    def total(self) -> Money:
        return self.price + self.usage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The costs of all plans in the catalog's order, for the days from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    costs: tuple[PlanCost, ...]

    @property
    def best(self) -> PlanCost:
        """The cheapest plan that fits; the current one if none is cheaper."""
        current = self.current
        others = [one for one in self.costs if one.fits and one.total < current.total]
        return min(others, key=lambda one: one.total.micro, default=current)

    @property
    def current(self) -> PlanCost:
        return next(one for one in self.costs if one.is_current)

    @property
    def saves(self) -> Money:
        """What the best plan would have saved; zero if the current one is the best."""
        return self.current.total - self.best.total


def gather(
    organization: Organization,
    current: Plan,
    interval: str = Interval.MONTH,
    *,
    counts: Mapping[str, int] | None = None,
) -> Suggestion | None:
    """What each plan would have cost, paid in this `interval`; None without usage. One statement, and one more for
    `counts`, by resource, that aren't given.

    `current` is priced by its own version.
    """
    last = organization.local_day() - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    used = _used(organization, first, last)
    if not any(units for _, units in used):
        return None
    if counts is None:
        counts = resource_counts.counts_of(organization.id)
    offered = catalog.current().plans
    plans = [current if plan.key == current.key else plan for plan in offered.values()]
    if current.key not in offered:
        plans.insert(0, current)
    return Suggestion(
        first, last, tuple(_cost(plan, interval, used, counts, is_current=plan is current) for plan in plans)
    )


def usage_cost(plan: Plan, used: Iterable[tuple[str, int]]) -> Money:
    """What usage, by meter in order of time, costs on a plan within one billing period: each meter is one line of it,
    so it is rounded once."""
    left = dict(plan.allowances)
    charged: dict[str, int] = {}
    for meter, units in used:
        if meter not in plan.rates or units <= 0:
            continue
        pool = plan.pool_of(meter)
        included = min(units, left.get(pool, 0))
        if included:
            left[pool] -= included
        charged[meter] = charged.get(meter, 0) + units - included
    micro = sum(rating.cost_of(plan.rates[meter], units) for meter, units in charged.items())
    return Money(micro, plan.price.currency)


def _cost(
    plan: Plan,
    interval: str,
    used: Sequence[tuple[str, int]],
    counts: Mapping[str, int],
    *,
    is_current: bool,
) -> PlanCost:
    fits = all(counts.get(resource, 0) <= allowed for resource, allowed in plan.limits.items())
    return PlanCost(plan, interval, usage_cost(plan, used), is_current, fits)


def _used(organization: Organization, first: date, last: date) -> list[tuple[str, int]]:
    """Units by day and meter, in the order of days. Usage is posted on the day before at the earliest: a clock may be
    ahead by minutes."""
    query = (
        select(UsageByMeter.meter, func.sum(UsageByMeter.quantity))
        .where(UsageByMeter.org_id == organization.id, UsageByMeter.posted_on >= first - timedelta(days=1))
        .where(UsageByMeter.day.between(first, last))
        .group_by(UsageByMeter.day, UsageByMeter.meter)
        .order_by(UsageByMeter.day, UsageByMeter.meter)
    )
    return [(meter, int(units)) for meter, units in db.session.execute(query)]
