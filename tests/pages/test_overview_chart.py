"""The chart of days: within its drawing whatever the amounts, and the same figures as its table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.billing.activity.cost_change import Period
from app.billing.activity.usage_report import DaySpend, UsageReport
from app.billing.activity.usage_windows import Asked, Compared
from app.models import UsageGroup
from app.money import Money
from app.pages.overview.chart import HEIGHT, Chart, draw

FIRST = date(2026, 11, 3)
A_DAY = timedelta(days=1)
NOTHING = Money(0, "USD")


def days(first: date, amounts: list[int]) -> tuple[DaySpend, ...]:
    return tuple(
        DaySpend(first + number * A_DAY, {UsageGroup.CALLING: Money(micro, "USD")}, Money(micro, "USD"))
        for number, micro in enumerate(amounts)
    )


def drawn(
    amounts: list[int], *, of: int, before: list[int] | None = None, ahead: list[int] | None = None
) -> Chart | None:
    """Of a range of so many days, of which these are over."""
    period = Period(FIRST, FIRST + (of - 1) * A_DAY)
    earlier = before or [0] * of
    was = Period(FIRST - len(earlier) * A_DAY, FIRST - A_DAY)
    compared = Compared(Money(sum(amounts), "USD"), NOTHING, NOTHING)
    report = UsageReport(
        asked=Asked(period, was),
        whole=None,
        whole_before=None,
        groups=dict.fromkeys(UsageGroup, compared),
        total=compared,
        days=days(FIRST, amounts),
        before=days(was.first, earlier),
        rows=(),
        is_empty=False,
    )
    today = FIRST + (len(amounts) - 1) * A_DAY
    return draw(report, {today + n * A_DAY: Money(micro, "USD") for n, micro in enumerate(ahead or [])})


@pytest.mark.parametrize("of", [1, 2, 7, 28, 30, 31, 92])
@pytest.mark.parametrize("amount", [1, 250_000, 73_210_000, 10**15])
def test_everything_is_within_the_drawing(of: int, amount: int) -> None:
    over = max(of // 2, 1)
    chart = drawn([amount, *[amount // 3] * (over - 1)], of=of, before=[amount // 2] * of, ahead=[amount] * 2)
    assert chart is not None
    assert len(chart.bars) == of
    assert [bar.place for bar in chart.bars] == list(range(of))
    assert all(0 < bar.middle < 100 for bar in chart.bars)
    for bar in chart.bars:
        for one in (*bar.segments, *([bar.ahead] if bar.ahead else [])):
            assert 0 <= one.y <= one.y + one.height <= HEIGHT + 1
    for x, y in (map(float, point.split(",")) for point in chart.line.split()):
        assert 0 <= x <= of
        assert 0 <= y <= HEIGHT
    assert 2 <= len(chart.gridlines) <= 5
    assert 1 <= sum(bar.is_labeled for bar in chart.bars) <= 7


def test_what_is_ahead_today_stands_on_what_was_used() -> None:
    chart = drawn([4_000_000, 2_000_000], of=3, ahead=[1_000_000, 3_000_000])
    assert chart is not None
    today, tomorrow = chart.bars[1], chart.bars[2]
    assert today.ahead is not None
    assert today.ahead.y + today.ahead.height + 1 == pytest.approx(today.segments[0].y, abs=1)
    assert tomorrow.spend is None
    assert tomorrow.ahead is not None


@pytest.mark.parametrize("length", [28, 29, 30, 31])
def test_the_line_is_of_the_same_weekdays(length: int) -> None:
    weekend = [0 if (FIRST - (length - n) * A_DAY).weekday() >= 5 else 1_000_000 for n in range(length)]
    chart = drawn([1_000_000], of=30, before=weekend)
    assert chart is not None
    for x, y in (map(float, point.split(",")) for point in chart.line.split()):
        is_weekend = (FIRST + int(x) * A_DAY).weekday() >= 5
        assert (y == HEIGHT) == is_weekend


def test_nothing_is_no_chart() -> None:
    assert drawn([0, 0], of=7) is None
