"""The curve of credit so far and to come, as coordinates for the template to draw in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing.forecast import Left
from app.money import MICRO, Money

_LEFT, _TOP, _UNDER = 48, 10, 24
_HALF_A_LABEL = 20
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a curve, in units of its viewBox, and how many of its days are labeled."""

    width: int
    height: int
    labels: int


WIDE = Size(660, 230, 6)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labeled day, or a labeled amount, and where it is."""

    place: float
    day: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class DayLeft:
    """What is left at the end of a day; a row of the table. Without a band it is what was."""

    day: date
    low: Money | None
    about: Money
    high: Money | None


@dataclass(frozen=True, slots=True)
class Around:
    """What a forecast is drawn with: `past` is when days began, and what the wallet had in micro-units; `alert` is
    the amount of which people are alerted."""

    past: Sequence[tuple[datetime, int]] = ()
    alert: Money | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """`past`, `line` and `band` are lists of points as SVG writes them, and `area` is what is under `past`. Where
    nothing is forecast, `line` and `band` are empty. `now` is where the forecast begins, at the height `level`, and
    `alert` where the line of an alert is, if it is within the drawing. `dry` is where nothing is left by then,
    if that is within it."""

    width: int
    height: int
    left: int
    bottom: int
    past: str
    area: str
    now: float
    level: float
    dry: Tick | None
    alert: float | None
    line: str
    band: str
    days: tuple[Tick, ...]
    amounts: tuple[Tick, ...]
    table: tuple[DayLeft, ...]


NOTHING = Around()


def draw(
    points: Sequence[Left], currency: str, timezone: str, around: Around = NOTHING, size: Size = WIDE
) -> Curve:
    """Lay out what was left when days began, and what is left at the end of each day to come.

    The first of `points` is now. Where it is the only one, nothing is forecast, and the curve ends with it.
    """
    past = [*around.past, (points[0].at, points[0].about)] if around.past else []
    begin, end = past[0][0] if past else points[0].at, points[-1].at
    width, bottom = size.width - _LEFT, size.height - _UNDER
    highest = max([points[0].about, *(micro for _, micro in past)])
    step = _step(highest)
    most = max(-(-highest // step), 1) * step

    def x(at: datetime) -> int:
        return round(_LEFT + width * ((at - begin) / max(end - begin, timedelta(seconds=1))))

    def y(micro: int) -> int:
        return round(bottom - (bottom - _TOP) * micro / most)

    zone = ZoneInfo(timezone)
    # A day ends when the next begins.
    ends = [at for at, _ in around.past] + [point.at for point in points]
    days = [(at - timedelta(minutes=1)).astimezone(zone).date() for at in ends]
    every = max(-(-len(ends) // size.labels), 1)
    upper = [f"{x(point.at)},{y(point.high)}" for point in points]
    lower = [f"{x(point.at)},{y(point.low)}" for point in reversed(points)]
    alert = around.alert.micro if around.alert else None
    is_forecast = len(points) > 1
    dry = (
        next(
            (
                (at, point)
                for at, point in zip(days[len(around.past) :], points, strict=True)
                if not point.about
            ),
            None,
        )
        if is_forecast
        else None
    )
    reached = [f"{x(at)},{y(max(micro, 0))}" for at, micro in past]
    return Curve(
        width=size.width,
        height=size.height,
        left=_LEFT,
        bottom=bottom,
        past=" ".join(reached),
        area=" ".join([f"{x(begin)},{bottom}", *reached, f"{x(points[0].at)},{bottom}"]) if past else "",
        now=x(points[0].at),
        level=y(max(points[0].about, 0)),
        dry=Tick(x(dry[1].at), day=dry[0]) if dry else None,
        alert=y(alert) if alert is not None and 0 < alert < most else None,
        line=" ".join(f"{x(point.at)},{y(point.about)}" for point in points) if is_forecast else "",
        band=" ".join(upper + lower) if is_forecast else "",
        days=tuple(
            Tick(x(at), day=day)
            for number, (at, day) in enumerate(zip(ends, days, strict=True))
            if number % every == every // 2 and x(at) <= size.width - _HALF_A_LABEL
        ),
        amounts=tuple(Tick(y(line), amount=Money(line, currency)) for line in range(0, most + 1, step)),
        table=(
            *(
                DayLeft(day, None, Money(micro, currency), None)
                for (_, micro), day in zip(around.past, days, strict=False)
            ),
            *(
                DayLeft(day, *(Money(micro, currency) for micro in (point.low, point.about, point.high)))
                for point, day in zip(points[1:], days[len(around.past) + 1 :], strict=True)
            ),
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
