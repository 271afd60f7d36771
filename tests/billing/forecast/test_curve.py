"""What is left at the end of each day to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from app.billing.forecast import curve, outlook
from app.billing.forecast.profile import WEEK, Profile
from tests.factories import at

NOW = at("2026-11-23 09:15")
STEADY = Profile("UTC", NOW, (1000,) * WEEK, 1.0, 1.0, 0.1, 0, NOW)


def test_each_day_ends_by_the_clock_of_the_zone_and_the_curve_with_the_credit() -> None:
    points = curve.left_by_day(STEADY, 60_000, NOW, timezone="America/New_York")
    assert (points[0].at, points[0].about) == (NOW, 60_000)
    assert [point.at for point in points[1:-1]] == [at(f"2026-11-{day} 05:00") for day in (24, 25, 26)]
    assert points[1].about == 60_000 - 19_750
    assert all(point.low <= point.about <= point.high for point in points)
    assert points[-1].high == 0
    dry = outlook.dry_at(STEADY, 60_000, NOW)
    assert dry.latest is not None
    assert timedelta() <= points[-1].at - dry.latest < timedelta(hours=1)


def test_days_end_at_half_hours_too_and_on_days_of_other_lengths() -> None:
    india = curve.left_by_day(STEADY, 10**9, NOW, timezone="Asia/Kolkata")
    assert len(india) == curve.DAYS + 1
    assert all(point.at.minute == 0 for point in india[1:]), "the hours of spend are those of UTC"
    october = at("2026-10-30 12:00")
    autumn = curve.left_by_day(replace(STEADY, as_of=october), 10**9, october, timezone="America/New_York")
    lengths = {later.at - point.at for point, later in pairwise(autumn[1:])}
    assert lengths == {timedelta(hours=24), timedelta(hours=25)}


def test_much_credit_is_drawn_for_a_month() -> None:
    points = curve.left_by_day(STEADY, 10**9, NOW, timezone="UTC")
    assert len(points) == curve.DAYS + 1
    assert points[-1].at == at("2026-12-23 00:00")
    assert points[-1].low > 0
