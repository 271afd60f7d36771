"""What was used in a range of days beside the one before it: by group, day and meter, and by what it was for.

Usage counts on the day on which it was charged, corrections included, as in the wallet's history: what a row says is
what the history adds up to with the same filters. Both ranges are read in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from app.billing import catalog
from app.billing.activity.cost_change import Period
from app.billing.activity.usage_windows import Asked, Compared, Windows
from app.billing.catalog import meters
from app.billing.catalog.quantities import Quantity, quantity_of, same_each_day
from app.extensions import db
from app.models import Organization, UsageGroup
from app.money import Money, total

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaySpend:
    """What each group cost on a day, of those that are wanted."""

    day: date
    amounts: dict[UsageGroup, Money]
    total: Money


@dataclass(frozen=True, slots=True)
class UsageRow:
    """A campaign, agent, number or meter; `name` is empty for usage without one.

    `used` is what of the meter was used, or for how long calls lasted.
    """

    name: str
    label: str
    group: UsageGroup | None
    used: Quantity | None
    compared: Compared


@dataclass(frozen=True, slots=True)
class UsageReport:
    """A range's usage. `days` go until today at most, and `before` are all days of the range before.

    `whole` are the days of the range that are compared, and `whole_before` what they are compared with; None where
    none is over yet. `total` and `rows` are of the group that is wanted, `groups` of all. `is_empty`: nothing was
    used in either range, by any group, not even what a plan includes.
    """

    asked: Asked
    whole: Period | None
    whole_before: Period | None
    groups: dict[UsageGroup, Compared]
    total: Compared
    days: tuple[DaySpend, ...]
    before: tuple[DaySpend, ...]
    rows: tuple[UsageRow, ...]
    is_empty: bool

    @property
    def cost_of_all(self) -> Money:
        """What all groups cost."""
        return total((one.cost for one in self.groups.values()), self.total.cost.currency)


def gather(organization: Organization, asked: Asked) -> UsageReport:
    """Usage of both ranges. One statement."""
    windows = Windows.of(asked, organization.local_day())
    found = db.session.execute(_statement(asked.by, asked.group), _values(organization, asked, windows)).all()
    by_day = [row for row in found if row.posted_on is not None]
    currency = organization.currency
    sums = _Sums(windows, by_day, currency)
    wanted = [group for group in UsageGroup if asked.group in {None, group}]
    groups = {group: sums.compared(group) for group in UsageGroup}
    rows = (
        _meter_rows(windows, by_day, wanted, currency)
        if asked.by == "meter"
        else _named_rows([row for row in found if row.posted_on is None], currency)
    )
    return UsageReport(
        asked=asked,
        whole=Period(asked.period.first, windows.whole_until) if windows.days else None,
        whole_before=Period(asked.before.first, windows.before_until) if windows.days else None,
        groups=groups,
        total=_total([groups[group] for group in wanted], currency),
        days=tuple(sums.days(asked.period.first, windows.last_shown, wanted)),
        before=tuple(sums.days(asked.before.first, asked.before.last, wanted)),
        rows=tuple(row for row in rows if row.used or row.compared.cost or row.compared.before),
        is_empty=not by_day,
    )


_OF_NAMES = """
UNION ALL
SELECT NULL, NULL, name, coalesce(sum({units}) FILTER (WHERE posted_on >= :first), 0), 0,
    coalesce(sum({amount}) FILTER (WHERE posted_on BETWEEN :first AND :last), 0),
    coalesce(sum({amount}) FILTER (WHERE posted_on BETWEEN :first AND :whole_until), 0),
    coalesce(sum({amount}) FILTER (WHERE posted_on BETWEEN :before_first AND :before_until), 0)
FROM usage_by_name
WHERE org_id = :org_id AND kind = :by AND posted_on BETWEEN :read_from AND :last
GROUP BY name"""
_BY_DAY = """
SELECT posted_on, meter, NULL AS name, sum(quantity)::bigint AS units, sum(amount_micro)::bigint AS amount,
    0::bigint AS cost, 0::bigint AS whole, 0::bigint AS before
FROM usage_by_meter WHERE org_id = :org_id AND posted_on BETWEEN :read_from AND :last
GROUP BY posted_on, meter"""


def _values(organization: Organization, asked: Asked, windows: Windows) -> dict[str, Any]:
    return {
        "org_id": organization.id,
        "first": windows.period.first,
        "last": windows.period.last,
        "whole_until": windows.whole_until,
        "before_first": windows.before.first,
        "before_until": windows.before_until,
        "read_from": windows.before.first,
        "by": asked.by,
    }


@cache
def _statement(by: str, group: UsageGroup | None) -> TextClause:
    """Sums by day and meter, and where names are wanted, by name. Those of numbers follow a few minutes later."""
    if by == "meter":
        return text(_BY_DAY)
    amount = " + ".join(f"{one}_micro" for one in UsageGroup if group in {None, one})
    units = "calling_units" if group in {None, UsageGroup.CALLING} else "0"
    return text(_BY_DAY + _OF_NAMES.format(units=units, amount=amount))


class _Sums:
    """Amounts by day and group."""

    def __init__(self, windows: Windows, rows: Sequence[Any], currency: str) -> None:
        self._windows, self._currency = windows, currency
        self._amounts: dict[UsageGroup, dict[date, int]] = {group: {} for group in UsageGroup}
        for row in rows:
            of_group = self._amounts[meters.get_meter(row.meter).group]
            of_group[row.posted_on] = of_group.get(row.posted_on, 0) + int(row.amount)

    def compared(self, group: UsageGroup) -> Compared:
        return self._windows.compare(self._amounts[group], self._currency)

    def days(self, first: date, last: date, wanted: Sequence[UsageGroup]) -> list[DaySpend]:
        """Every day, those without usage included."""
        found = []
        for number in range((last - first).days + 1):
            day = first + number * _A_DAY
            micro = {group: self._amounts[group].get(day, 0) for group in wanted}
            amounts = {group: Money(one, self._currency) for group, one in micro.items()}
            found.append(DaySpend(day, amounts, Money(sum(micro.values()), self._currency)))
        return found


def _total(found: Sequence[Compared], currency: str) -> Compared:
    def add(name: str) -> Money:
        return Money(sum(getattr(one, name).micro for one in found), currency)

    return Compared(add("cost"), add("whole"), add("before"))


def _named_rows(rows: Sequence[Any], currency: str) -> list[UsageRow]:
    calls = catalog.current().meters_of(UsageGroup.CALLING)
    return [
        UsageRow(
            name=row.name,
            label=row.name,
            group=None,
            used=quantity_of(calls[0], int(row.units)) if calls and row.units else None,
            compared=Compared(*(Money(int(micro), currency) for micro in (row.cost, row.whole, row.before))),
        )
        for row in rows
    ]


def _meter_rows(
    windows: Windows, rows: Sequence[Any], wanted: Sequence[UsageGroup], currency: str
) -> list[UsageRow]:
    found = []
    for group in wanted:
        for key in meters.list_meters(group, {row.meter for row in rows}):
            own = {row.posted_on: row for row in rows if row.meter == key}
            now = [int(row.units) for day, row in own.items() if windows.period.first <= day]
            amounts = {day: int(row.amount) for day, row in own.items()}
            found.append(
                UsageRow(
                    name=key,
                    label=meters.get_meter(key).label,
                    group=group,
                    used=quantity_of(key, sum(now), days=same_each_day(now)) if now else None,
                    compared=windows.compare(amounts, currency),
                )
            )
    return found
