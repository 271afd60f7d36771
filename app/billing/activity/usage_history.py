"""The history of usage by what it was for: a line for each day and group, which opens to its calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.billing.activity import rollups, usage_selection
from app.billing.activity.filters import Filters
from app.billing.catalog import meters
from app.billing.catalog.quantities import Quantity, added_up
from app.extensions import db
from app.models import Organization, UsageGroup, UsageRollup
from app.money import Money

PAGE = 25
_GROUPS = list(UsageGroup)
_A_DAY = 2 * len(_GROUPS)
"""How many lines a day has at most."""


@dataclass(frozen=True, slots=True)
class UsageDay:
    """What one day's usage of a group cost, or its corrections changed; `amount` is signed as in the history."""

    day: date
    group: UsageGroup
    is_correction: bool
    quantities: tuple[Quantity, ...]
    calls: int
    amount: Money

    @property
    def position(self) -> int:
        """Where it stands: later ones have larger positions."""
        return _position(self.day, self.group, is_correction=self.is_correction)


@dataclass(frozen=True, slots=True)
class UsageHistoryPage:
    """Lines with the positions to ask for the page before and after it. Events posted since `counted_until` are
    missing; None if nothing is counted yet."""

    lines: list[UsageDay]
    newer: int | None
    older: int | None
    filters: Filters
    counted_until: datetime | None


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row of an export: as fine as usage is stored. What it was reported without is empty."""

    day: date
    meter: str
    campaign: str
    agent: str
    number: str
    direction: str
    country: str
    is_correction: bool
    units: int
    calls: int
    amount: Money


def page(
    organization: Organization, filters: Filters, *, before: int | None = None, after: int | None = None
) -> UsageHistoryPage:
    """A page of lines older than position `before`, or newer than `after`, or the newest."""
    mark = rollups.get_mark(organization.id)
    until = mark.events_until if mark else None
    if after is not None:
        found = _read(organization, filters, after=after)
        if len(found) > PAGE:
            shown = found[-PAGE:]
            return UsageHistoryPage(shown, shown[0].position, shown[-1].position, filters, until)
        before = None
    found = _read(organization, filters, before=before)
    shown = found[:PAGE]
    return UsageHistoryPage(
        shown,
        newer=shown[0].position if before is not None and shown else None,
        older=shown[-1].position if len(found) > PAGE else None,
        filters=filters,
        counted_until=until,
    )


def position_after(organization: Organization, day: date) -> int | None:
    """The position that all lines of a day and of those before are older than; None if there is no newer usage."""
    row = UsageRollup
    query = select(row.posted_on).where(row.org_id == organization.id, row.posted_on > day).limit(1)
    return None if db.session.scalar(query) is None else (day.toordinal() + 1) * _A_DAY


def list_all_rows(organization: Organization, filters: Filters) -> Iterator[UsageRow]:
    """Everything that the filters select, as fine as it is stored, newest day first; read day by day."""
    wanted = usage_selection.conditions(organization, filters)
    row, currency = UsageRollup, organization.currency
    key = row.meter, row.campaign, row.agent, row.number, row.direction, row.country, row.is_correction
    for day in usage_selection.each_day(wanted):
        query = select(*key, row.quantity, row.calls, row.amount_micro).where(*wanted, row.posted_on == day)
        found: list[Any] = list(db.session.execute(query.order_by(*key)))
        for one in found:
            if usage_selection.is_in(filters, one.meter):
                yield UsageRow(
                    day=day,
                    meter=one.meter,
                    campaign=one.campaign,
                    agent=one.agent,
                    number=one.number,
                    direction=one.direction,
                    country=one.country,
                    is_correction=one.is_correction,
                    units=one.quantity,
                    calls=one.calls,
                    amount=-Money(one.amount_micro, currency),
                )


def _read(
    organization: Organization, filters: Filters, *, before: int | None = None, after: int | None = None
) -> list[UsageDay]:
    """Lines, newest first: those next to the position, with at least one more than a page if there are so many."""
    wanted = usage_selection.conditions(organization, filters)
    bounded = [*wanted, *_bounds(before, after)]
    days = usage_selection.list_days(bounded, newest=after is None, most=PAGE + 2)
    # As a range, of which the planner knows the size whatever the filters are: these are all days in it with usage.
    between = UsageRollup.posted_on.between(min(days), max(days)) if days else None
    lines = _lines(organization, filters, [*wanted, between]) if between is not None else []
    return [
        line
        for line in lines
        if (before is None or line.position < before) and (after is None or line.position > after)
    ]


def _bounds(before: int | None, after: int | None) -> Iterator[ColumnElement[bool]]:
    if before is not None and before // _A_DAY in _DAYS:
        yield UsageRollup.posted_on <= date.fromordinal(before // _A_DAY)
    if after is not None and after // _A_DAY in _DAYS:
        yield UsageRollup.posted_on >= date.fromordinal(after // _A_DAY)


_DAYS = range(date.min.toordinal(), date.max.toordinal() + 1)


def _lines(organization: Organization, filters: Filters, wanted: list[ColumnElement[bool]]) -> list[UsageDay]:
    row = UsageRollup
    query = (
        select(
            row.posted_on,
            row.is_correction,
            row.meter,
            func.sum(row.quantity).label("units"),
            func.sum(row.calls).label("calls"),
            func.sum(row.amount_micro).label("amount"),
        )
        .where(*wanted)
        .group_by(row.posted_on, row.is_correction, row.meter)
    )
    of: dict[tuple[date, UsageGroup, bool], list[Any]] = {}
    for one in db.session.execute(query):
        if usage_selection.is_in(filters, one.meter):
            key = one.posted_on, meters.get_meter(one.meter).group, one.is_correction
            of.setdefault(key, []).append(one)
    lines = [_line(organization, *key, rows) for key, rows in of.items()]
    return sorted(lines, key=lambda line: line.position, reverse=True)


def _line(
    organization: Organization,
    day: date,
    group: UsageGroup,
    is_correction: bool,
    rows: list[Any],
) -> UsageDay:
    return UsageDay(
        day=day,
        group=group,
        is_correction=is_correction,
        quantities=added_up({row.meter: (int(row.units), 1) for row in rows}),
        calls=sum(int(row.calls) for row in rows),
        amount=-Money(sum(int(row.amount) for row in rows), organization.currency),
    )


def _position(day: date, group: UsageGroup, *, is_correction: bool) -> int:
    place = len(_GROUPS) - 1 - _GROUPS.index(group)
    return day.toordinal() * _A_DAY + 2 * place + (not is_correction)
