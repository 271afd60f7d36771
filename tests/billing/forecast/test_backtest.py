"""Forecasts on simulated years with seasons, bursts and growth: early enough, and as sure as pages say.

FORECAST_EXAMPLES years of each kind, with as many months of each.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache

from app.billing import forecast
from tests.support.backtesting import Step, moments, months
from tests.support.simulated_years import KINDS, simulate

EXAMPLES = int(os.environ.get("FORECAST_EXAMPLES", "1"))
EARLY = timedelta(hours=2)


@cache
def backtests() -> list[tuple[str, list[Step]]]:
    return [
        (kind, month)
        for kind in KINDS
        for seed in range(EXAMPLES)
        for month in months(kind, seed, count=min(EXAMPLES + 1, 8))
    ]


def test_the_alert_comes_two_hours_before_dryness_in_95_percent_of_the_months() -> None:
    leads = []
    for _, month in backtests():
        told = [step.at for step in month if forecast.is_near(step.forecast, step.at)]
        leads.append(month[0].dry - told[0] if told else timedelta(-1))
    early = sum(lead >= EARLY for lead in leads)
    assert len(leads) >= 10
    assert early >= 0.95 * len(leads), sorted(leads)[: len(leads) - early + 3]


def test_the_alert_does_not_come_a_week_early() -> None:
    """The further end of it: half of them come within a day, and nine of ten within four."""
    leads = sorted(
        month[0].dry - next(step.at for step in month if forecast.is_near(step.forecast, step.at))
        for _, month in backtests()
    )
    assert leads[len(leads) // 2] <= timedelta(days=1)
    assert leads[int(len(leads) * 0.9)] <= timedelta(days=4)


def test_pages_say_how_often_the_band_was_right() -> None:
    """`RIGHT_OF_TEN` is what is measured, rounded down."""
    known = [step for kind in KINDS for seed in range(2 * EXAMPLES) for step in moments(kind, seed, count=40)]
    right = sum(
        step.forecast.earliest is not None
        and step.forecast.earliest <= step.dry
        and (step.forecast.latest is None or step.dry <= step.forecast.latest)
        for step in known
    )
    assert len(known) >= 1600
    assert int(10 * right / len(known)) == forecast.RIGHT_OF_TEN, right / len(known)


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
