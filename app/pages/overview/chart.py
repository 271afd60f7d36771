"""The chart of what each day cost, as places for the template to draw in SVG.

Across they are days, in a drawing that is stretched to the width that there is, so that one serves every screen; down
they are pixels. Text is outside of it, at percent of the width, and keeps its size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.billing.activity.usage_report import DaySpend, UsageReport
from app.models import UsageGroup
from app.money import MICRO, Money

HEIGHT, _TOP = 160, 8
"""Pixels from the top to the line of zero."""
_STEPS = (1, 2, 5)
_LABELS = 5
_GAP = 0.3
_SERIES = {group: position for position, group in enumerate(UsageGroup, start=1)}
_WEEK = 7
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Segment:
    y: int
    height: int
    series: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, the `place`th of them, with its `middle` in percent. `spend` is None for one to come, of which `ahead`
    is what is expected; for today it is what is left."""

    place: int
    middle: float
    day: date
    spend: DaySpend | None
    segments: tuple[Segment, ...]
    ahead: Segment | None
    is_labeled: bool


@dataclass(frozen=True, slots=True)
class Gridline:
    y: float
    amount: Money


@dataclass(frozen=True, slots=True)
class Chart:
    """`width` is of a bar, in percent. `line` is of the range before, by the same weekdays, in units of days and
    pixels. `most` is the most expensive day."""

    width: float
    bars: tuple[Bar, ...]
    gridlines: tuple[Gridline, ...]
    line: str
    most: DaySpend


def draw(report: UsageReport, ahead: Mapping[date, Money]) -> Chart | None:
    """Lay out the range's days and what is expected `ahead`; None if nothing was used in it or before it."""
    period = report.asked.period
    line = _same_weekdays(report)
    spent = {one.day: one for one in report.days}
    tops = [
        *(one.total.micro + (ahead[one.day].micro if one.day in ahead else 0) for one in report.days),
        *(one.micro for one in ahead.values()),
        *(micro for micro in line if micro is not None),
    ]
    if not any(tops) or not report.days:
        return None
    step = _step(max(tops))
    most = max(-(-max(tops) // step), 1) * step
    scale = (HEIGHT - _TOP) / most
    every = max(-(-period.days // _LABELS), 1)
    every = max(round(every / _WEEK), 1) * _WEEK if period.days > 2 * _WEEK else every
    bars = []
    for number in range(period.days):
        day = period.first + number * _A_DAY
        segments, y = _stacked(spent.get(day), scale)
        bars.append(
            Bar(
                place=number,
                middle=round(100 * (number + (1 - _GAP) / 2) / period.days, 2),
                day=day,
                spend=spent.get(day),
                segments=segments,
                ahead=_segment(y, ahead[day].micro * scale, 0) if ahead.get(day) else None,
                is_labeled=number % every == 0,
            )
        )
    return Chart(
        width=round(100 * (1 - _GAP) / period.days, 2),
        bars=tuple(bars),
        gridlines=tuple(
            Gridline(round(HEIGHT - micro * scale, 1), Money(micro, report.total.cost.currency))
            for micro in range(0, most + 1, step)
        ),
        line=" ".join(
            f"{number + (1 - _GAP) / 2:g},{HEIGHT - micro * scale:.0f}"
            for number, micro in enumerate(line)
            if micro is not None
        ),
        most=max(report.days, key=lambda one: one.total.micro),
    )


def _same_weekdays(report: UsageReport) -> list[int | None]:
    """What the range before cost on the same days of the week, in micro-units, for each day of this one."""
    if not any(one.total for one in report.before):
        return []
    asked = report.asked
    shift = (asked.period.first.weekday() - asked.before.first.weekday()) % _WEEK
    shift = shift - _WEEK if shift > _WEEK // 2 else shift
    found = range(len(report.before))
    return [
        report.before[number + shift].total.micro if number + shift in found else None
        for number in range(asked.period.days)
    ]


def _stacked(spend: DaySpend | None, scale: float) -> tuple[tuple[Segment, ...], float]:
    segments, y = [], float(HEIGHT)
    for group, amount in spend.amounts.items() if spend else ():
        if amount.micro > 0:
            segments.append(_segment(y, amount.micro * scale, _SERIES[group]))
            y -= amount.micro * scale
    return tuple(segments), y


def _segment(bottom: float, height: float, series: int) -> Segment:
    return Segment(round(bottom - height), max(round(height - 1), 1), series)


def _step(highest: int) -> int:
    """A round distance between gridlines in micro-units, with at most four above zero."""
    power = 1
    while True:
        for one in _STEPS:
            step = one * power * MICRO // 10
            if step * 4 >= highest:
                return step
        power *= 10
