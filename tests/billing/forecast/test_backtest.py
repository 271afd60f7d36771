"""Forecasts on simulated years with seasons, bursts and growth: early enough, and as sure as pages say.

FORECAST_EXAMPLES years of each kind, with as many months of each. The constants of the forecast were chosen with the
years of `tests.support.simulated_years`. Those of `tests.support.other_years` are of another kind, and no constant may
ever be chosen with them: what pages say of the forecast is measured there.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

from app.billing import forecast
from tests.support import other_years, simulated_years
from tests.support.backtesting import Step, moments, months
from tests.support.examples import examples
from tests.support.simulated_years import BEGIN, DAYS, simulate

EXAMPLES = examples("FORECAST_EXAMPLES", 1)
EARLY = timedelta(hours=2)


YEARS = {"own": simulated_years, "other": other_years}
Years = pytest.mark.parametrize("years", YEARS)


@cache
def backtests(years: str) -> list[list[Step]]:
    simulated = YEARS[years]
    return [
        month
        for kind in simulated.KINDS
        for seed in range(EXAMPLES)
        for month in months(simulated.simulate(kind, seed), seed, count=min(EXAMPLES + 1, 8))
    ]


def right(years: str) -> float:
    """The share of forecasts in whose band credit ran out."""
    simulated = YEARS[years]
    known = [
        step
        for kind in simulated.KINDS
        for seed in range(2 * EXAMPLES)
        for step in moments(simulated.simulate(kind, seed), seed, count=40)
    ]
    assert len(known) >= 1600
    found = sum(
        step.forecast.earliest is not None
        and step.forecast.earliest <= step.dry
        and (step.forecast.latest is None or step.dry <= step.forecast.latest)
        for step in known
    )
    return found / len(known)


@pytest.mark.one_of_each(by=lambda: "any")
@Years
def test_the_alert_comes_two_hours_before_dryness_in_95_percent_of_the_months(years: str) -> None:
    leads = []
    for month in backtests(years):
        told = [step.at for step in month if forecast.is_near(step.forecast, step.at)]
        leads.append(month[0].dry - told[0] if told else timedelta(-1))
    early = sum(lead >= EARLY for lead in leads)
    assert len(leads) >= 10
    assert early >= 0.95 * len(leads), sorted(leads)[: len(leads) - early + 3]


@pytest.mark.long
@Years
def test_the_alert_does_not_come_a_week_early(years: str) -> None:
    """The further end of it: half of them come within two days, and nine of ten within four."""
    leads = sorted(
        month[0].dry - told
        for month in backtests(years)
        if (told := next((step.at for step in month if forecast.is_near(step.forecast, step.at)), None))
    )
    assert leads[len(leads) // 2] <= timedelta(days=2)
    assert leads[int(len(leads) * 0.9)] <= timedelta(days=4)


@pytest.mark.long
def test_pages_say_how_often_the_band_was_right_on_years_that_no_constant_was_chosen_with() -> None:
    """`RIGHT_OF_TEN` is what is measured there, rounded down, and no more than on the years that they were."""
    measured = right("other")
    assert int(10 * measured) == forecast.RIGHT_OF_TEN, measured
    assert right("own") >= forecast.RIGHT_OF_TEN / 10


def test_a_simulated_year_is_the_same_for_the_same_seed_and_has_what_it_is_named_for() -> None:
    year, again = simulate("campaigns", 3), simulate("campaigns", 3)
    assert year == again
    assert year != simulate("campaigns", 4)
    assert len(year.bursts) > 20
    growing = simulate("growing", 0)
    february, november = (
        sum(micro for hour, micro in growing.spent.items() if (hour.year, hour.month) == (2025, month))
        for month in (2, 11)
    )
    assert november > 1.5 * february


def test_another_year_has_days_off_steps_and_a_heavy_tail() -> None:
    year = other_years.simulate("collections", 1)
    assert year == other_years.simulate("collections", 1)
    weekdays = [
        day for day in (BEGIN + timedelta(days=number) for number in range(DAYS)) if day.weekday() < 5
    ]
    spent = [sum(micro for _, micro in year.hours(day, day + timedelta(days=1))) for day in weekdays]
    usual = sorted(spent)[len(spent) // 2]
    assert min(spent) < usual / 10, "a day off"
    assert max(spent) > 5 * usual
