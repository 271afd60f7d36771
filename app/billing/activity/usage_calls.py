"""The calls of a selection of usage: day by day, the newest first, and on each the most expensive first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tuple_

from app.billing.activity import usage_selection
from app.billing.activity.filters import Filters
from app.extensions import db
from app.models import Organization, UsageEvent, UsageRollup
from app.money import Money

CALLS = 25
"""Calls per page."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the day, and the cost in micro-units and the name of its last call."""

    day: date
    cost: int
    call: str


@dataclass(frozen=True, slots=True)
class SelectedCall:
    """What one call cost of the selection on the day on which it was posted."""

    call: str
    day: date
    cost: Money


@dataclass(frozen=True, slots=True)
class SelectedCalls:
    """Calls; `next` is where the next page begins."""

    calls: tuple[SelectedCall, ...]
    next: Position | None


def page(organization: Organization, filters: Filters, *, after: Position | None = None) -> SelectedCalls:
    """The calls of a selection, or those after a position. One statement for each day that is read."""
    wanted = [*usage_selection.conditions(organization, filters), ~UsageRollup.is_correction]
    if after is not None:
        wanted.append(UsageRollup.posted_on <= after.day)
    found: list[SelectedCall] = []
    for day in usage_selection.each_day(wanted):
        begins = after if after is not None and after.day == day else None
        found += _of_day(organization, filters, day, begins, most=CALLS + 1 - len(found))
        if len(found) > CALLS:
            break
    shown = found[:CALLS]
    last = shown[-1] if len(found) > CALLS else None
    return SelectedCalls(tuple(shown), Position(last.day, last.cost.micro, last.call) if last else None)


def _of_day(
    organization: Organization,
    filters: Filters,
    day: date,
    after: Position | None,
    *,
    most: int,
) -> list[SelectedCall]:
    event, zone = UsageEvent, ZoneInfo(organization.timezone)
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    query = (
        select(event.call.label("call"), func.sum(event.amount_micro).label("cost"))
        .where(event.org_id == organization.id, event.posted_at >= begin, event.posted_at < end)
        .where(event.call.is_not(None), event.corrects_id.is_(None))
        .where(*(getattr(event, name) == value for name, value in filters.names.items()))
        .group_by(event.call)
    )
    if filters.group:
        query = query.where(usage_selection.is_of_group(event.meter, filters.group))
    by_call = query.subquery()
    listed = select(by_call).order_by(by_call.c.cost.desc(), by_call.c.call.desc()).limit(most)
    if after is not None:
        listed = listed.where(tuple_(by_call.c.cost, by_call.c.call) < tuple_(after.cost, after.call))
    return [
        SelectedCall(row.call, day, Money(int(row.cost), organization.currency))
        for row in db.session.execute(listed)
    ]
