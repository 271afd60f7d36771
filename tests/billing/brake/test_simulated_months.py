"""Simulated months and runaways: normal months are stopped at most once, runaways with the first charges.

The suite plays some of each; `make test-long` plays all.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.examples import examples
from tests.support.simulated_brakes import Runaway, play
from tests.support.simulated_years import BEGIN, KINDS, Year, simulate

EXAMPLES = examples("BRAKE_EXAMPLES", 5)
DOLLAR = 1_000_000
FLOOR = 25 * DOLLAR
BEGINS = (90, 150, 20, 200, 60, 300, 5, 400)
"""Days after the beginning, also with little past."""
RUNAWAYS = (("noon", 1, 11), ("night", 2, 2), ("weekend", 5, 14))
"""A name, the day of the week, and the hour in which it begins."""


def _month(number: int) -> tuple[Year, datetime, int]:
    """A year of some kind, the begin of a month in it, and what one charge adds: between a third of a day's spend and
    that of two days."""
    year = simulate(KINDS[number % len(KINDS)], 100 + number)
    begin = BEGIN + timedelta(days=BEGINS[number % len(BEGINS)])
    return year, begin, max(round(_a_day(year, begin) * random.Random(number).uniform(0.3, 2)), FLOOR)


def _a_day(year: Year, before: datetime) -> float:
    """What a day has taken in the weeks before."""
    first = max(before.replace(minute=0) - timedelta(weeks=8), BEGIN)
    return sum(micro for _, micro in year.hours(first, before)) / ((before - first) / timedelta(days=1))


@pytest.mark.parametrize("number", range(EXAMPLES))
def test_a_normal_month_is_stopped_at_most_once(number: int) -> None:
    year, begin, gap = _month(number)
    played = play(year, begin, begin + timedelta(days=30), gap=gap, floor=FLOOR, seed=number)
    assert played.charges, "nothing was charged, so nothing was shown"
    assert len(played.stops) <= 1, played.stops
    assert played.most_in(timedelta(hours=1)) <= 4
    assert played.most_in(timedelta(days=1)) <= 12


@pytest.mark.parametrize(("name", "weekday", "hour"), RUNAWAYS)
@pytest.mark.parametrize("number", range(EXAMPLES))
def test_ten_times_as_much_is_stopped_within_the_first_charges(
    number: int, name: str, weekday: int, hour: int
) -> None:
    year, begin, gap = _month(number)
    local = (begin + timedelta(days=14)).astimezone(ZoneInfo(year.timezone))
    local += timedelta(days=(weekday - local.weekday()) % 7)
    at = local.replace(hour=hour, minute=10).astimezone(UTC)
    runaway = Runaway(at, round(max(10 * _a_day(year, at) / 9, 2 * FLOOR)))
    first = at.replace(minute=0)
    played = play(year, first, first + timedelta(hours=8), gap=gap, floor=FLOOR, seed=number, runaway=runaway)
    assert played.stops, "never found"
    before = [charged for charged in played.charges if at <= charged < played.stops[0].at]
    assert len(before) <= 2, (name, before)
