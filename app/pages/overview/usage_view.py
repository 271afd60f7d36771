"""The usage of a range as the Overview shows it: its figures, its chart, what is to come, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from app.billing import forecast
from app.billing.activity import usage_report
from app.billing.activity.usage_report import UsageReport, UsageRow
from app.billing.forecast import Profile
from app.clock import utc_now
from app.language import marked, translated
from app.models import Organization, UsageGroup
from app.money import MICRO, Money, parts_of, total
from app.pages.overview.chart import Chart, draw
from app.pages.overview.usage_query import Range, Sort, UsageQuery

ROWS = 8
"""How many rows are shown until someone asks for all."""
MOST_ROWS = 500
BY = {
    "campaign": marked("Campaign"),
    "agent": marked("Agent"),
    "number": marked("Phone number"),
    "meter": marked("Meter"),
}
_NONE = {
    "campaign": marked("No campaign"),
    "agent": marked("No agent"),
    "number": marked("No phone number"),
}
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Projection:
    """What the rest of the range is expected to cost by day, and the whole of it: `about`, between `low` and
    `high`, rounded."""

    days: dict[date, Money]
    about: Money
    low: Money
    high: Money


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `share` of the range's cost in whole percent, and the filters of the history that say the same."""

    label: str
    is_nameless: bool
    used: UsageRow
    share: int
    filters: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class UsageView:
    """`hidden` are rows that aren't shown, and `hidden_cost` what they cost. `projection` is None where nothing is
    expected, or there is too little to say; `needs_history` says which."""

    query: UsageQuery
    report: UsageReport
    chart: Chart | None
    projection: Projection | None
    needs_history: bool
    rows: tuple[Row, ...]
    hidden: int
    hidden_cost: Money


def gather(organization: Organization, query: UsageQuery, profile: Callable[[], Profile | None]) -> UsageView:
    """The usage that is asked for, in one statement. `profile` is what a projection is made from, asked only where
    there is one to make."""
    report = usage_report.gather(organization, query.asked)
    is_projected = query.range is Range.THIS and query.group is None and not report.is_empty
    found = profile() if is_projected else None
    projection = _projection(organization, query, report, found) if found is not None else None
    ahead = projection.days if projection else {}
    adding_up = _adding_up(report)
    rows = _to_the_cent(_sorted(query, list(_rows(query, report))), report.total.cost, adding_up.total.cost)
    shown = MOST_ROWS if query.shows_all or len(rows) == ROWS + 1 else ROWS
    return UsageView(
        query=query,
        report=adding_up,
        chart=draw(report, ahead),
        projection=projection,
        needs_history=is_projected and found is None,
        rows=tuple(rows[:shown]),
        hidden=len(rows[shown:]),
        hidden_cost=total((row.used.compared.cost for row in rows[shown:]), organization.currency),
    )


def _adding_up(report: UsageReport) -> UsageReport:
    """With costs in whole cents: those of the groups add up to that of all."""
    groups = report.groups
    costs = parts_of(report.cost_of_all.to_smallest_unit, [one.cost for one in groups.values()])
    found = {group: replace(one, cost=cost) for (group, one), cost in zip(groups.items(), costs, strict=True)}
    wanted = report.asked.group
    cost = found[wanted].cost if wanted else report.cost_of_all.to_smallest_unit
    return replace(report, groups=found, total=replace(report.total, cost=cost))


def _to_the_cent(rows: list[Row], exact: Money, shown: Money) -> list[Row]:
    """With costs in whole cents that add up to what is `shown` of the `exact` cost of all of them."""
    costs = [row.used.compared.cost for row in rows]
    whole = total(costs, exact.currency)
    return [
        replace(row, used=replace(row.used, compared=replace(row.used.compared, cost=cost)))
        for row, cost in zip(
            rows, parts_of(shown if whole == exact else whole.to_smallest_unit, costs), strict=True
        )
    ]


def _projection(
    organization: Organization, query: UsageQuery, report: UsageReport, profile: Profile
) -> Projection | None:
    found = forecast.spend_ahead(profile, utc_now(), query.period.last, organization.timezone)
    if not found.about:
        return None
    currency, spent = organization.currency, report.total.cost.micro
    return Projection(
        days={day: Money(micro, currency) for day, micro in found.days.items()},
        about=_rounded(Money(spent + found.about, currency)),
        low=_rounded(Money(spent + found.low, currency)),
        high=_rounded(Money(spent + found.high, currency)),
    )


def _rounded(amount: Money) -> Money:
    """To ten from a hundred on, else to one: no estimate is better than that."""
    step = 10 * MICRO if amount.micro >= _HUNDRED * MICRO else MICRO
    return Money(round(amount.micro / step) * step, amount.currency)


def _rows(query: UsageQuery, report: UsageReport) -> Iterator[Row]:
    whole = report.total.cost.micro
    for one in report.rows:
        is_nameless = not one.name and query.by in _NONE
        yield Row(
            label=translated(_NONE[query.by] if is_nameless else one.label),
            is_nameless=is_nameless,
            used=one,
            share=max(round(_HUNDRED * one.compared.cost.micro / whole), 0) if whole > 0 else 0,
            filters=None if is_nameless else _filters(query, one),
        )


def _filters(query: UsageQuery, row: UsageRow) -> dict[str, object]:
    """History has groups and names, but no meters: a meter leads to its group."""
    group: UsageGroup | None = row.group or query.group
    days: dict[str, object] = {
        "from": query.period.first,
        "to": query.period.last,
        "group": group.value if group else None,
    }
    return days if query.by == "meter" else days | {query.by: row.name}


def _sorted(query: UsageQuery, rows: list[Row]) -> list[Row]:
    """Rows without a name come last, and rows that are equal by name."""
    keys: dict[Sort, Callable[[Row], float]] = {
        Sort.USED: lambda row: row.used.used.amount if row.used.used else 0,
        Sort.CHANGE: lambda row: row.used.compared.whole.micro - row.used.compared.before.micro,
        Sort.COST: lambda row: row.used.compared.cost.micro,
    }
    rows = sorted(
        rows, key=lambda row: row.label.casefold(), reverse=query.sort is Sort.NAME and query.is_descending
    )
    if query.sort is not Sort.NAME:
        rows.sort(key=keys[query.sort], reverse=query.is_descending)
    return sorted(rows, key=lambda row: row.is_nameless)
