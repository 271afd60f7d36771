"""The curve of credit to come, as coordinates for the template to draw in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.billing.forecast import Left
from app.money import MICRO, Money

_LEFT, _TOP, _UNDER = 48, 10, 24
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a curve, in units of its viewBox, and how many of its days are labeled."""

    width: int
    height: int
    labels: int


WIDE = Size(660, 130, 6)
NARROW = Size(300, 150, 3)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labeled day, or a labeled amount, and where it is."""

    place: float
    day: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class DayLeft:
    """What is left at the end of a day; a row of the table."""

    day: date
    low: Money
    about: Money
    high: Money


@dataclass(frozen=True, slots=True)
class Curve:
    """`line` and `band` are lists of points as SVG writes them."""

    width: int
    height: int
    left: int
    bottom: int
    line: str
    band: str
    days: tuple[Tick, ...]
    amounts: tuple[Tick, ...]
    table: tuple[DayLeft, ...]


def draw(points: Sequence[Left], currency: str, timezone: str, size: Size = WIDE) -> Curve:
    """Lay out what is left at the end of each day."""
    begin, end = points[0].at, points[-1].at
    width, bottom = size.width - _LEFT, size.height - _UNDER
    step = _step(points[0].about)
    most = max(-(-points[0].about // step), 1) * step

    def x(point: Left) -> float:
        return round(_LEFT + width * ((point.at - begin) / max(end - begin, timedelta(seconds=1))), 1)

    def y(micro: int) -> float:
        return round(bottom - (bottom - _TOP) * micro / most, 1)

    zone = ZoneInfo(timezone)
    # A day ends when the next begins.
    days = [(point.at - timedelta(minutes=1)).astimezone(zone).date() for point in points]
    every = max(-(-len(points) // size.labels), 1)
    upper = [f"{x(point)},{y(point.high)}" for point in points]
    lower = [f"{x(point)},{y(point.low)}" for point in reversed(points)]
    return Curve(
        width=size.width,
        height=size.height,
        left=_LEFT,
        bottom=bottom,
        line=" ".join(f"{x(point)},{y(point.about)}" for point in points),
        band=" ".join(upper + lower),
        days=tuple(
            Tick(x(point), day=day)
            for number, (point, day) in enumerate(zip(points, days, strict=True))
            if number % every == every // 2
        ),
        amounts=tuple(Tick(y(line), amount=Money(line, currency)) for line in range(0, most + 1, step)),
        table=tuple(
            DayLeft(day, *(Money(micro, currency) for micro in (point.low, point.about, point.high)))
            for point, day in zip(points[1:], days[1:], strict=True)
        ),
    )


def _step(highest: int) -> int:
    """A round distance between gridlines, with at most three above zero."""
    power = MICRO
    while True:
        for one in _STEPS:
            if one * power * 3 >= highest:
                return one * power
        power *= 10
