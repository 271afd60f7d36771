"""The breakdown of a usage line: meters by campaign and agent, and the most expensive calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tuple_

from app.billing.catalog import meters
from app.billing.catalog.quantities import Quantity, quantity_of
from app.extensions import db
from app.models import Organization, UsageDaily, UsageEvent, UsageGroup, WalletLine
from app.money import Money

CALLS = 25
"""Calls per page."""


@dataclass(frozen=True, slots=True)
class UsagePart:
    """One part of a usage line; `day` is the day of use."""

    meter: str
    label: str
    quantity: Quantity
    day: date
    campaign: str
    agent: str
    cost: Money


@dataclass(frozen=True, slots=True)
class UsageBreakdown:
    """A usage line with its parts, most expensive first."""

    id: UUID
    day: date
    usage_group: UsageGroup
    amount: Money
    parts: tuple[UsagePart, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of calls ends: the cost, in micro-units, and the name of its last call."""

    cost: int
    call: str


@dataclass(frozen=True, slots=True)
class CallCost:
    """What one call cost of the line; `day` is the day on which it was used."""

    call: str
    day: date
    cost: Money


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls, most expensive first; `next` is where the next page begins."""

    calls: tuple[CallCost, ...]
    next: Position | None


def open_line(organization: Organization, line_id: UUID) -> UsageBreakdown | None:
    """The breakdown of a usage line; None if the organization has no such line."""
    line = db.session.get(WalletLine, (organization.id, line_id))
    if line is None or line.usage_group is None:
        return None
    currency = organization.currency
    rows = db.session.execute(
        select(UsageDaily)
        .where(UsageDaily.org_id == organization.id, UsageDaily.posted_on == line.day)
        .where(~UsageDaily.is_correction)
        .order_by(UsageDaily.amount_micro.desc(), UsageDaily.quantity.desc())
    ).scalars()
    parts = tuple(
        UsagePart(
            row.meter,
            meters.get_meter(row.meter).label,
            quantity_of(row.meter, row.quantity, days=1),
            row.day,
            row.campaign,
            row.agent,
            Money(row.amount_micro, currency),
        )
        for row in rows
        if meters.get_meter(row.meter).group is line.usage_group
    )
    return UsageBreakdown(line.id, line.day, line.usage_group, -Money(line.amount_micro, currency), parts)


def calls_of(organization: Organization, line: UsageBreakdown, *, after: Position | None = None) -> CallPage:
    """The calls of a line, most expensive first, or those after `after`. One statement, read from one index."""
    rows = db.session.execute(_calls(organization, line, after)).all()
    shown = rows[:CALLS]
    return CallPage(
        tuple(CallCost(row.call, row.day, Money(int(row.cost), organization.currency)) for row in shown),
        Position(int(shown[-1].cost), shown[-1].call) if len(rows) > CALLS else None,
    )


def _calls(organization: Organization, line: UsageBreakdown, after: Position | None) -> Any:
    event, zone = UsageEvent, organization.timezone
    begin = datetime.combine(line.day, time(), ZoneInfo(zone))
    end = datetime.combine(line.day + timedelta(days=1), time(), ZoneInfo(zone))
    by_call = (
        select(
            event.call.label("call"),
            func.date(func.timezone(zone, func.min(event.at))).label("day"),
            func.sum(event.amount_micro).label("cost"),
        )
        .where(event.org_id == organization.id, event.posted_at >= begin, event.posted_at < end)
        .where(event.meter.in_({part.meter for part in line.parts}))
        .where(event.call.is_not(None), event.corrects_id.is_(None))
        .group_by(event.call)
        .subquery()
    )
    query = select(by_call).order_by(by_call.c.cost.desc(), by_call.c.call.desc()).limit(CALLS + 1)
    if after is not None:
        query = query.where(tuple_(by_call.c.cost, by_call.c.call) < tuple_(after.cost, after.call))
    return query
