"""The usual week: by the clock on the wall, recent weeks more, and nothing said of what was never seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from app.billing.forecast import profile
from app.billing.forecast.profile import Profile, Running, slot_of
from tests.factories import at

NOW = at("2026-11-23 00:00")  # a Monday
HOUR = timedelta(hours=1)


def every_day(
    hour: int, micro: int, *, days: int = 90, zone: str = "UTC", now: datetime = NOW
) -> dict[datetime, int]:
    """As much each day at an hour of the wall clock."""
    local = now.astimezone(ZoneInfo(zone))
    moments = [(local - timedelta(days=ago)).replace(hour=hour, minute=0) for ago in range(days + 1)]
    return {moment.astimezone(UTC): micro for moment in moments if moment < now}


def fitted(
    spent: dict[datetime, int], zone: str = "UTC", now: datetime = NOW, **options: list[Running]
) -> Profile:
    found = profile.fit(spent, zone, now, **options)
    assert found is not None
    return found


def expected(found: Profile, begin: datetime, hours: int) -> list[int]:
    return [round(micro) for micro in islice(found.expected_from(begin), hours)]


def test_less_than_a_week_says_nothing() -> None:
    assert profile.fit({}, "UTC", NOW) is None
    assert profile.fit({NOW - timedelta(days=7) + HOUR: 5}, "UTC", NOW) is None
    assert profile.fit({NOW - timedelta(days=7): 5}, "UTC", NOW) is not None


def test_each_hour_of_the_week_has_what_it_usually_takes_and_its_neighbors_a_little() -> None:
    day = expected(fitted(every_day(10, 1000)), NOW, 24)
    assert day[9:12] == [200, 600, 200]
    assert sum(day) == 1000


def test_hours_follow_the_clock_on_the_wall_when_it_changes() -> None:
    """New York's clocks went back on November 1: ten in the morning was 14:00 in UTC before, and is 15:00 since."""
    now = at("2026-10-26 12:00")
    found = fitted(every_day(10, 1000, zone="America/New_York", now=now), "America/New_York", now)
    before, after = at("2026-10-30 00:00"), at("2026-11-02 00:00")
    assert expected(found, before, 24).index(600) == 14
    assert expected(found, after, 24).index(600) == 15
    across = expected(found, at("2026-10-31 00:00"), 72)
    assert [hour for hour, micro in enumerate(across) if micro == 600] == [14, 24 + 15, 48 + 15]


def test_a_half_hour_zone_and_an_hour_that_is_not_there_are_no_trouble() -> None:
    assert sum(fitted(every_day(10, 1000), "Asia/Kolkata").slots) == 7000
    now = at("2026-03-20 12:00")
    spring = fitted(every_day(2, 1000, now=now, zone="America/New_York"), "America/New_York", now)
    assert sum(spring.slots) == pytest.approx(7000, rel=0.02)


def test_recent_weeks_count_more() -> None:
    """Twice as much since a week ago is more than half believed; a single odd week two months ago hardly."""
    spent = every_day(10, 1000) | every_day(10, 2000, days=7)
    assert 1500 < sum(fitted(spent).slots) / 7 < 1900
    odd = every_day(10, 1000)
    for moment in sorted(odd)[20:27]:
        odd[moment] = 5000
    assert 1000 < sum(fitted(odd).slots) / 7 < 1400


def test_corrections_below_zero_are_no_income() -> None:
    spent = every_day(10, 1000)
    assert sum(fitted(spent | {min(spent) + HOUR: -(10**9)}).slots) == sum(fitted(spent).slots)


def test_a_busy_morning_raises_the_next_hours_and_fades() -> None:
    spent = {NOW - HOUR * hour: 1000 for hour in range(1, 90 * 24)}
    calm = fitted(spent)
    assert calm.day_ratio == pytest.approx(1) and calm.few_ratio == pytest.approx(1)
    busy = fitted(spent | {NOW - HOUR * hour: 3000 for hour in range(1, 4)})
    ahead = expected(busy, NOW, 7 * 24)
    assert ahead[0] > 1400
    assert ahead[0] > ahead[12] > ahead[100]
    assert ahead[100] < 1020


def test_a_campaign_in_progress_goes_on_about_as_long_as_it_has_in_hours_with_calls() -> None:
    noon = NOW + timedelta(hours=12)
    spent = {hour: 1000 for hour in (NOW - HOUR * number for number in range(90 * 24)) if 9 <= hour.hour < 18}
    usual = fitted(spent, now=noon)
    found = fitted(spent, now=noon, running=[Running(per_hour=5000, since=noon - timedelta(hours=26))])
    extra = [
        more - less for more, less in zip(expected(found, noon, 72), expected(usual, noon, 72), strict=True)
    ]
    with_calls = [hour for hour, micro in enumerate(extra) if micro > 4000]
    assert with_calls[0] == 0
    assert with_calls[-1] <= 26
    assert all(9 <= (noon + HOUR * hour).hour <= 18 for hour in with_calls)


def test_days_that_differ_make_the_spread() -> None:
    steady = {NOW - HOUR * hour: 1000 for hour in range(1, 90 * 24)}
    wild = {hour: 2000 if hour.day % 2 else 10 for hour in steady}
    assert fitted(steady).spread == profile._LEAST_SPREAD
    assert fitted(wild).spread > 0.5


def test_slots_begin_on_monday_at_midnight() -> None:
    assert slot_of(NOW) == 0
    assert slot_of(NOW - HOUR) == profile.WEEK - 1
