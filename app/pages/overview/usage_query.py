"""Which usage is shown, as addresses say it. What an address doesn't say is as usual; what it can't mean is replaced,
but days that someone chose, which are refused with what to choose instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from app.billing.activity.cost_change import Period
from app.billing.activity.usage_windows import BY, Asked
from app.billing.plans import Starts
from app.models import UsageGroup
from app.pages.days import read_day

MOST_DAYS = 92
"""So many days a chart has room for: three months."""
_A_DAY = timedelta(days=1)
_DAYS, _WEEK = 30, 7
_FIRST_YEAR = 2000
_GROUPS = {group.value: group for group in UsageGroup}


class Range(StrEnum):
    """Which days; as addresses name it."""

    THIS = "this"
    LAST = "last"
    DAYS = "30"
    CUSTOM = "custom"


class Sort(StrEnum):
    """By what rows are sorted; as addresses name it, with `-` before it for the largest, or the last, first."""

    NAME = "name"
    USED = "used"
    CHANGE = "change"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """The days that are shown and compared with, what rows are of, and how they are sorted.

    `is_refused`: the days that were chosen are no range, and the usual ones are shown instead.
    """

    range: Range
    period: Period
    before: Period
    by: str = "campaign"
    group: UsageGroup | None = None
    sort: Sort = Sort.COST
    is_descending: bool = True
    shows_all: bool = False
    is_refused: bool = False

    @property
    def asked(self) -> Asked:
        return Asked(self.period, self.before, self.by, self.group)

    @property
    def address(self) -> dict[str, str | None]:
        """The same, for links; what is as usual isn't said."""
        is_custom = self.range is Range.CUSTOM and not self.is_refused
        sort = f"{'-' if self.is_descending else ''}{self.sort}"
        return {
            "range": None if self.range is Range.THIS else self.range.value,
            "from": str(self.period.first) if is_custom else None,
            "to": str(self.period.last) if is_custom else None,
            "by": None if self.by == "campaign" else self.by,
            "show": self.group.value if self.group else None,
            "sort": None if sort == "-cost" else sort,
            "all": "1" if self.shows_all else None,
        }

    def in_range(self, wanted: Range) -> dict[str, str | None]:
        """The address of another range."""
        return self.address | {
            "range": None if wanted is Range.THIS else wanted.value,
            "from": None,
            "to": None,
        }

    def of_group(self, wanted: UsageGroup | None) -> dict[str, str | None]:
        """The address of one group, or of all."""
        return replace(self, group=wanted).address

    def split_by(self, wanted: str) -> dict[str, str | None]:
        """The address of other rows."""
        return replace(self, by=wanted, shows_all=False).address

    def sorted_by(self, wanted: Sort) -> dict[str, str | None]:
        """The address of another order: names from A on, figures from the largest on; the other way around where that
        is how it is."""
        is_descending = wanted is not Sort.NAME
        if wanted is self.sort:
            is_descending = not self.is_descending
        return replace(self, sort=wanted, is_descending=is_descending).address

    @property
    def in_full(self) -> dict[str, str | None]:
        """The address with all rows."""
        return replace(self, shows_all=True).address


def read(args: MultiDict[str, str], starts: Starts, today: date) -> UsageQuery:
    """What an address asks for."""
    wanted = args.get("range", "")
    range_ = Range(wanted) if wanted in set(Range) else Range.THIS
    period, before = _usual(range_, starts, today)
    is_refused = False
    if range_ is Range.CUSTOM and (args.get("from") or args.get("to")):
        chosen = _chosen(args, today)
        is_refused = chosen is None
        if chosen is not None:
            period, before = chosen, chosen.before
    by, sort = args.get("by", ""), args.get("sort", "")
    name = sort.removeprefix("-")
    return UsageQuery(
        range=range_,
        period=period,
        before=before,
        by=by if by in BY else "campaign",
        group=_GROUPS.get(args.get("show", "")),
        sort=Sort(name) if name in set(Sort) else Sort.COST,
        is_descending=sort.startswith("-") if name in set(Sort) else True,
        shows_all=args.get("all") == "1",
        is_refused=is_refused,
    )


def _usual(range_: Range, starts: Starts, today: date) -> tuple[Period, Period]:
    """Without days of its own, a custom range begins with the last seven whole days."""
    last = Period(starts.last, starts.this - _A_DAY)
    match range_:
        case Range.THIS:
            return Period(starts.this, starts.next - _A_DAY), last
        case Range.LAST:
            return last, Period(starts.before_last, starts.last - _A_DAY)
        case Range.DAYS:
            period = Period(today - (_DAYS - 1) * _A_DAY, today)
        case Range.CUSTOM:
            period = Period(today - _WEEK * _A_DAY, today - _A_DAY)
    return period, period.before


def _chosen(args: MultiDict[str, str], today: date) -> Period | None:
    """None for what is no range: its end before its beginning, too many days, or one that hasn't begun."""
    first, last = read_day(args.get("from", "")), read_day(args.get("to", ""))
    if first is None or last is None or first > today or first.year < _FIRST_YEAR:
        return None
    last = min(last, today)
    return Period(first, last) if 0 <= (last - first).days < MOST_DAYS else None
