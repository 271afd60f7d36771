"""The band of what is usual for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing.brake.band import band_of

DOLLAR = 1_000_000
FLOOR = 25 * DOLLAR
NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)


def office(weeks: int, per_hour: int, *, zone: str = "UTC", now: datetime = NOW) -> dict[datetime, int]:
    """So much in each hour from 8:00 to 18:00 on working days, by the clock of a zone, in dollars."""
    past, hour = {}, now.replace(minute=0) - timedelta(weeks=weeks)
    while hour < now:
        local = hour.astimezone(ZoneInfo(zone))
        if local.weekday() < 5 and 8 <= local.hour < 18:
            past[hour] = per_hour * DOLLAR
        hour += HOUR
    return past


def most(past: dict[datetime, int], at: datetime = NOW, *, zone: str = "UTC", floor: int = FLOOR) -> int:
    return band_of(at, ZoneInfo(zone), past, floor=floor).most // DOLLAR


def test_a_steady_office_has_room_for_three_times_its_usual_hour() -> None:
    band = band_of(NOW, ZoneInfo("UTC"), office(8, 20), floor=FLOOR)
    assert (band.usual, band.most, band.is_known) == (20 * DOLLAR, 60 * DOLLAR, True)


def test_at_night_and_on_weekends_the_same_office_has_the_floor_only() -> None:
    past = office(8, 20)
    assert most(past, NOW.replace(hour=3)) == 25
    assert most(past, NOW + timedelta(days=4)) == 25


def test_below_the_floor_nothing_is_unusual() -> None:
    assert most(office(8, 1)) == 25
    assert most(office(8, 1), floor=100 * DOLLAR) == 100


def test_the_hours_in_question_do_not_count_as_the_past() -> None:
    past = office(8, 20)
    for hour in (NOW.replace(minute=0), NOW.replace(minute=0) - HOUR):
        past[hour] = 900 * DOLLAR
    assert most(past) == 60


def test_one_hour_unlike_the_others_changes_little() -> None:
    past = office(8, 20)
    past[NOW.replace(minute=0) - timedelta(weeks=3)] = 9_000 * DOLLAR
    assert most(past) == 60


def test_campaigns_on_other_working_days_count() -> None:
    past = office(8, 20)
    for days in (1, 8, 15, 22):
        for hours in (0, 1, 2):
            past[NOW.replace(minute=0) - timedelta(days=days, hours=hours)] = 100 * DOLLAR
    assert most(past) == 162, "the busy hours a half more, and growth"


def test_a_band_grows_with_the_organization_and_at_most_twice_as_fast() -> None:
    past = office(8, 20)
    for hour in past:
        if hour >= NOW - timedelta(weeks=1):
            past[hour] = 30 * DOLLAR
    assert 85 <= most(past) <= 95
    for hour in past:
        if hour >= NOW - timedelta(weeks=1):
            past[hour] = 200 * DOLLAR
    assert most(past) == 600, "twice what its busy hours took last week, and a half"


def test_with_little_past_the_busiest_hour_so_far_counts_and_it_says_so() -> None:
    past = {NOW.replace(minute=0) - timedelta(days=3): 40 * DOLLAR}
    band = band_of(NOW, ZoneInfo("UTC"), past, floor=FLOOR)
    assert (band.most, band.is_known) == (120 * DOLLAR, False)
    assert band_of(NOW, ZoneInfo("UTC"), {}, floor=FLOOR).most == FLOOR


def test_with_little_past_an_hour_may_take_what_one_charge_adds() -> None:
    assert band_of(NOW, ZoneInfo("UTC"), {}, floor=FLOOR, charge=80 * DOLLAR).most == 80 * DOLLAR
    known = band_of(NOW, ZoneInfo("UTC"), office(8, 20), floor=FLOOR, charge=80 * DOLLAR)
    assert known.most == 60 * DOLLAR


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    zone = "America/New_York"  # its clocks went back on November 1, 2026
    past = office(8, 20, zone=zone)
    nine = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo(zone))
    band = band_of(nine, ZoneInfo(zone), past, floor=1)
    assert band.usual == 20 * DOLLAR
    assert most(past, nine.replace(hour=6), zone=zone, floor=DOLLAR) == 1
