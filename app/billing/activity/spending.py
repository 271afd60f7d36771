"""What was used in the current billing period: by meter, by day, by campaign and by agent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import Executable, bindparam, func, select, tuple_

from app.billing.catalog import Plan, Pool, meters, versions
from app.billing.catalog.quantities import Quantity, quantity_of, same_each_day
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup
from app.money import Money, total

TOP = 5


@dataclass(frozen=True, slots=True)
class MeterUsage:
    """One meter: what was used, and what that cost beyond the allowance."""

    meter: str
    label: str
    used: Quantity
    cost: Money


@dataclass(frozen=True, slots=True)
class AllowanceUsage:
    """An allowance: what its meters have used, what it includes, and how much of it is used up."""

    label: str
    used: Quantity
    allowance: Quantity
    included: Quantity


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """A group's meters and allowances."""

    group: UsageGroup
    meters: tuple[MeterUsage, ...]
    allowances: tuple[AllowanceUsage, ...]
    cost: Money

    @property
    def lead(self) -> AllowanceUsage | None:
        """The allowance that represents the group."""
        return self.allowances[0] if self.allowances else None


@dataclass(frozen=True, slots=True)
class DaySpend:
    day: date
    amounts: dict[UsageGroup, Money]
    total: Money


@dataclass(frozen=True, slots=True)
class Spender:
    """A campaign or an agent; `share` of the period's cost in whole percent."""

    name: str
    cost: Money
    share: int


@dataclass(frozen=True, slots=True)
class Spending:
    """A period's usage. `last_day` is inclusive."""

    first_day: date
    last_day: date
    groups: tuple[GroupUsage, ...]
    days: tuple[DaySpend, ...]
    campaigns: tuple[Spender, ...]
    agents: tuple[Spender, ...]
    total: Money


def gather(organization: Organization, plan: Plan, period_start: date) -> Spending:
    """Usage of the billing period that began on `period_start`, in one statement."""
    rows = _rows(organization, period_start)
    in_period = [row for row in rows if row.day is not None]
    currency = organization.currency
    period_total = Money(sum(int(row.amount) for row in in_period), currency)
    return Spending(
        first_day=period_start,
        last_day=period_start + relativedelta(months=1) - timedelta(days=1),
        groups=tuple(_group(group, in_period, plan, currency) for group in UsageGroup),
        days=tuple(_days(organization, period_start, in_period)),
        campaigns=_spenders([(row.campaign, row) for row in rows if row.campaign is not None], period_total),
        agents=_spenders([(row.agent, row) for row in rows if row.agent is not None], period_total),
        total=period_total,
    )


def _rows(organization: Organization, period_start: date) -> list[Any]:
    """Sums by day and meter, by campaign and by agent."""
    return list(db.session.execute(_sums(), {"of": organization.id, "period_start": period_start}))


@cache
def _sums() -> Executable:
    """Built once, because each view of the Overview runs it."""
    usage = UsageDaily
    return (
        select(
            usage.day,
            usage.meter,
            usage.campaign,
            usage.agent,
            func.sum(usage.quantity).label("units"),
            func.sum(usage.included).label("included"),
            func.sum(usage.amount_micro).label("amount"),
        )
        .where(usage.org_id == bindparam("of"), usage.day >= bindparam("period_start"))
        .group_by(
            func.grouping_sets(tuple_(usage.day, usage.meter), tuple_(usage.campaign), tuple_(usage.agent))
        )
    )


def _group(group: UsageGroup, rows: list[Any], plan: Plan, currency: str) -> GroupUsage:
    of_meter = {
        key: [row for row in rows if row.meter == key]
        for key in meters.list_meters(group, {row.meter for row in rows})
    }
    used = tuple(
        MeterUsage(
            meter=key,
            label=meters.get_meter(key).label,
            used=quantity_of(
                key, sum(int(row.units) for row in own), days=same_each_day([int(row.units) for row in own])
            ),
            cost=Money(sum(int(row.amount) for row in own), currency),
        )
        for key, own in of_meter.items()
        if own
    )
    allowances = tuple(
        _allowance(pool, [row for row in rows if row.meter in pool.meters], plan.allowances[pool.key])
        for pool in versions.find(plan.version).pools_of(group)
        if pool.key in plan.allowances
    )
    return GroupUsage(group, used, allowances, total((meter.cost for meter in used), currency))


def _allowance(pool: Pool, rows: list[Any], units: int) -> AllowanceUsage:
    first = pool.meters[0]
    return AllowanceUsage(
        label=pool.label,
        used=quantity_of(first, sum(int(row.units) for row in rows)),
        allowance=quantity_of(first, units),
        included=quantity_of(first, sum(int(row.included) for row in rows)),
    )


def _days(organization: Organization, first: date, rows: list[Any]) -> list[DaySpend]:
    """Every day from the period's first to today, those without usage included."""
    currency = organization.currency
    sums: dict[tuple[date, UsageGroup], int] = {}
    for row in rows:
        key = (row.day, meters.get_meter(row.meter).group)
        sums[key] = sums.get(key, 0) + int(row.amount)
    days = []
    day, today = first, organization.local_day()
    while day <= today:
        micro = {group: sums.get((day, group), 0) for group in UsageGroup}
        amounts = {group: Money(one, currency) for group, one in micro.items()}
        days.append(DaySpend(day, amounts, Money(sum(micro.values()), currency)))
        day += timedelta(days=1)
    return days


def _spenders(named: list[tuple[str, Any]], period_total: Money) -> tuple[Spender, ...]:
    costs = sorted(((int(row.amount), name) for name, row in named if name), reverse=True)[:TOP]
    return tuple(
        Spender(name, Money(cost, period_total.currency), round(100 * cost / (period_total.micro or 1)))
        for cost, name in costs
        if cost > 0
    )
