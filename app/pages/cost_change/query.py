"""Which periods are compared, as addresses say it. Invalid ones are replaced, not rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from app.billing.activity.cost_change import Period
from app.language import gettext, marked, ngettext
from app.models import UsageGroup
from app.pages.days import read_day

BY = {
    "campaign": marked("Campaign"),
    "agent": marked("Agent"),
    "number": marked("Phone number"),
    "direction": marked("Direction"),
    "country": marked("Country"),
}
"""What the difference can be split by, and what it is called."""
MOST_DAYS = 400
_USUAL_DAYS = 7
_GROUPS = {group.value for group in UsageGroup}


@dataclass(frozen=True, slots=True)
class CostQuery:
    """Two periods, what to split their difference by, and which group of usage; None for all."""

    before: Period
    after: Period
    by: str
    group: str | None

    @property
    def address(self) -> dict[str, object]:
        """The same, for links."""
        return {
            "from": self.after.first,
            "to": self.after.last,
            "from_before": self.before.first,
            "to_before": self.before.last,
            "by": self.by,
            "group": self.group,
        }

    def compares(self, days: Mapping[str, object]) -> bool:
        """Whether its periods are those of a preset."""
        return all(self.address[name] == day for name, day in days.items())


def read(args: MultiDict[str, str], today: date) -> CostQuery:
    """The periods of an address. Without any, the last seven whole days and the seven before."""
    yesterday = today - timedelta(days=1)
    usual = Period(yesterday - timedelta(days=_USUAL_DAYS - 1), yesterday)
    after = _period(args, "from", "to") or usual
    by, group = args.get("by", ""), args.get("group", "")
    return CostQuery(
        before=_period(args, "from_before", "to_before") or after.before,
        after=after,
        by=by if by in BY else "campaign",
        group=group if group in _GROUPS else None,
    )


def list_presets(today: date) -> list[tuple[str, dict[str, object]]]:
    """Usual comparisons: their names, and their addresses. A week begins on Monday, as that of a limit.

    Days that have two names are listed by one: on a Monday, last week is the last seven days.
    """
    yesterday = today - timedelta(days=1)
    sunday = today - timedelta(days=today.isoweekday())
    found = [(gettext("Last week"), Period(sunday - timedelta(days=_USUAL_DAYS - 1), sunday))]
    found += [(_last(days), Period(today - timedelta(days=days), yesterday)) for days in (7, 30)]
    first = today.replace(day=1)
    last_month = Period((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1))
    month_before = Period(
        (last_month.first - timedelta(days=1)).replace(day=1), last_month.first - timedelta(days=1)
    )
    presets = [(name, CostQuery(period.before, period, "campaign", None)) for name, period in found]
    presets.append((gettext("Last month"), CostQuery(month_before, last_month, "campaign", None)))
    found_days: list[tuple[str, dict[str, object]]] = []
    for name, compared in presets:
        days = {key: compared.address[key] for key in _DAYS}
        if days not in (others for _, others in found_days):
            found_days.append((name, days))
    return found_days


def _last(days: int) -> str:
    return ngettext("Last %(num)s day", "Last %(num)s days", days)


_DAYS = ("from", "to", "from_before", "to_before")


def _period(args: MultiDict[str, str], first: str, last: str) -> Period | None:
    """None for what isn't a period of a reasonable length, with one as long before it."""
    begins, ends = read_day(args.get(first, "")), read_day(args.get(last, ""))
    if (
        begins is None
        or ends is None
        or not 0 <= (ends - begins).days < MOST_DAYS
        or begins.year < _FIRST_YEAR
    ):
        return None
    return Period(begins, ends)


_FIRST_YEAR = 2000
