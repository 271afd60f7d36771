"""The chart of spend by day, as coordinates for the template to draw in SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.billing.activity.spending import DaySpend, Spending
from app.models import UsageGroup
from app.money import MICRO, Money

_LEFT, _TOP, _UNDER = 44, 12, 26
_STEPS = (1, 2, 5)
_SERIES = {group: position for position, group in enumerate(UsageGroup, start=1)}


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a chart, in units of its viewBox, and the days between its labels."""

    width: int
    height: int
    days_a_label: int

    @property
    def bottom(self) -> int:
        return self.height - _UNDER


WIDE = Size(660, 150, 7)
NARROW = Size(300, 190, 10)


@dataclass(frozen=True, slots=True)
class Segment:
    y: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    day: date
    total: Money
    segments: tuple[Segment, ...]
    is_labelled: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Gridline:
    y: float
    amount: Money


@dataclass(frozen=True, slots=True)
class Chart:
    """`least` and `most` are the cheapest and the most expensive day, for the chart's title."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    gridlines: tuple[Gridline, ...]
    least: Money
    most: Money


def draw(usage: Spending, size: Size = WIDE) -> Chart | None:
    """Lay out the period's days; None if nothing was spent yet."""
    if not usage.total:
        return None
    totals = [one.total for one in usage.days]
    step = _step(max(totals, key=lambda one: one.micro))
    count = -(-max(one.micro for one in totals) // step.micro)
    scale = (size.bottom - _TOP) / (count * step.micro)
    slot = (size.width - _LEFT) / max((usage.last_day - usage.first_day).days + 1, 1)
    return Chart(
        width=size.width,
        height=size.height,
        left=_LEFT,
        bars=tuple(_bar(position, one, slot, scale, size) for position, one in enumerate(usage.days)),
        gridlines=tuple(
            Gridline(
                round(size.bottom - line * step.micro * scale, 1), Money(line * step.micro, step.currency)
            )
            for line in range(count + 1)
        ),
        least=min(totals, key=lambda one: one.micro),
        most=max(totals, key=lambda one: one.micro),
    )


def _bar(position: int, spend: DaySpend, slot: float, scale: float, size: Size) -> Bar:
    segments, y = [], float(size.bottom)
    for group, amount in spend.amounts.items():
        height = amount.micro * scale
        if height > 0:
            segments.append(Segment(round(y - height, 1), round(max(height - 1, 0.5), 1), _SERIES[group]))
            y -= height
    return Bar(
        x=round(_LEFT + position * slot + slot * 0.15, 1),
        width=round(slot * 0.7, 1),
        day=spend.day,
        total=spend.total,
        segments=tuple(segments),
        is_labelled=position % size.days_a_label == 0,
    )


def _step(highest: Money) -> Money:
    """A round distance between gridlines, with at most three above zero."""
    power = 1
    while True:
        for one in _STEPS:
            step = one * power * MICRO // 10
            if step * 3 >= highest.micro:
                return Money(step, highest.currency)
        power *= 10
