"""Two periods side by side, and the difference of their cost by part and segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select

from app.billing.activity import rollups, usage_selection, variance
from app.billing.activity.filters import Filters
from app.billing.activity.variance import Part, Segment, Used
from app.billing.catalog import meters
from app.extensions import db
from app.models import Organization, UsageGroup, UsageRollup
from app.money import Money


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class PeriodCost:
    """What a period's usage cost, as it was charged, corrections included.

    `calls` is None if none of its usage names a call, though it has usage of calls: how many is unknown then.
    """

    period: Period
    calls: int | None
    cost: Money

    @property
    def cost_per_call(self) -> Money | None:
        """None without calls; rounded down to a micro-unit."""
        return Money(self.cost.micro // self.calls, self.cost.currency) if self.calls else None


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """What a segment has to do with a part of the difference; its name is empty for usage without one."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the difference, by segment: the largest change first. They add up to `amount`."""

    part: Part
    amount: Money
    segments: tuple[SegmentChange, ...]


@dataclass(frozen=True, slots=True)
class CostChange:
    """Two periods and what made the difference; `by` is what segments are. `parts` add up to `difference`."""

    before: PeriodCost
    after: PeriodCost
    by: str
    parts: tuple[PartChange, ...]
    is_counted: bool

    @property
    def difference(self) -> Money:
        return self.after.cost - self.before.cost


def compare(
    organization: Organization, before: Period, after: Period, *, by: str, group: str | None = None
) -> CostChange:
    """Compare two periods by a name of usage (`app.billing.activity.filters.NAMES`). Two statements, and the mark.

    Where the calls of one of them are unknown, both are compared by what was used, not by calls.
    `is_counted`: all usage of both is added up by now.
    """
    old, new = (_segments(organization, period, by, group) for period in (before, after))
    currency = organization.currency
    if _count_calls(old) is None or _count_calls(new) is None:
        cells = variance.split(_without_calls(old), _without_calls(new))
    else:
        cells = variance.split(old, new)
    sums = variance.add_up(cells)
    mark = rollups.get_mark(organization.id)
    last = max(before.last, after.last)
    return CostChange(
        before=_cost(before, old, currency),
        after=_cost(after, new, currency),
        by=by,
        parts=tuple(
            PartChange(
                part,
                Money(sums[part], currency),
                tuple(
                    SegmentChange(name, Money(change, currency))
                    for (name, of), change in sorted(
                        cells.items(), key=lambda item: (-abs(item[1]), item[0][0])
                    )
                    if of is part
                ),
            )
            for part in Part
        ),
        is_counted=bool(mark and mark.events_until and organization.local_day(mark.events_until) > last),
    )


def _cost(period: Period, segments: dict[str, Segment], currency: str) -> PeriodCost:
    return PeriodCost(
        period, _count_calls(segments), Money(sum(one.cost for one in segments.values()), currency)
    )


def _count_calls(segments: dict[str, Segment]) -> int | None:
    """None if none is named, though what calls use was used."""
    calls = sum(one.calls for one in segments.values())
    is_used = any(used.units for one in segments.values() for used in one.of_calls.values())
    return None if is_used and not calls else calls


def _without_calls(segments: dict[str, Segment]) -> dict[str, Segment]:
    return {name: replace(one, calls=0) for name, one in segments.items()}


def _segments(organization: Organization, period: Period, by: str, group: str | None) -> dict[str, Segment]:
    row, filters = UsageRollup, Filters(group=group).within(period.first, period.last)
    name = getattr(row, by)
    query = (
        select(
            name.label("name"),
            row.meter,
            func.sum(row.calls).label("calls"),
            func.sum(row.quantity).label("units"),
            func.sum(row.amount_micro).label("cost"),
        )
        .where(*usage_selection.conditions(organization, filters))
        .group_by(name, row.meter)
    )
    calls: dict[str, int] = {}
    used: dict[str, tuple[dict[str, Used], dict[str, Used]]] = {}
    for one in db.session.execute(query):
        if not usage_selection.is_in(filters, one.meter):
            continue
        # Telephony is text messages and rent: there are no more of them because there are more calls.
        is_other = meters.get_meter(one.meter).group is UsageGroup.TELEPHONY
        used.setdefault(one.name, ({}, {}))[is_other][one.meter] = Used(int(one.units), int(one.cost))
        calls[one.name] = calls.get(one.name, 0) + int(one.calls)
    return {name: Segment(calls[name], *both) for name, both in used.items()}
