"""The months that allowances are for: from the anchor's day on, or the last day of a month too short for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from app.billing.plans import periods
from tests.factories import at

ZONES = (
    "UTC",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
)
anchors = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2023, 1, 1), date(2030, 1, 1))


@given(day=days, name=st.sampled_from(ZONES))
def test_without_an_anchor_months_are_those_of_the_calendar(day: date, name: str) -> None:
    assert periods.start_of(None, ZoneInfo(name), day) == day.replace(day=1)


@given(anchor=anchors, day=days, name=st.sampled_from(ZONES))
def test_a_day_is_in_the_last_month_that_began_by_then(anchor: datetime, day: date, name: str) -> None:
    """Against every month that Stripe would count from the anchor."""
    zone = ZoneInfo(name)
    begins = [(anchor + relativedelta(months=n)).astimezone(zone).date() for n in range(-64, 76)]
    assert periods.start_of(anchor, zone, day) == max(begin for begin in begins if begin <= day)


@given(anchor=anchors, day=days, name=st.sampled_from(ZONES))
def test_a_month_has_its_days_together(anchor: datetime, day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start, next_day = periods.start_of(anchor, zone, day), day + timedelta(days=1)
    assert periods.start_of(anchor, zone, start) == start
    assert periods.start_of(anchor, zone, next_day) in {start, next_day}


@pytest.mark.parametrize(
    ("day", "start"),
    [
        ("2026-02-27", "2026-01-31"),
        ("2026-02-28", "2026-02-28"),
        ("2026-03-30", "2026-02-28"),
        ("2026-03-31", "2026-03-31"),
        ("2026-04-30", "2026-04-30"),
        ("2028-02-28", "2028-01-31"),
        ("2028-02-29", "2028-02-29"),
        ("2026-01-30", "2025-12-31"),
    ],
)
def test_a_month_that_is_too_short_begins_on_its_last_day(day: str, start: str) -> None:
    found = periods.start_of(at("2026-01-31 12:00"), ZoneInfo("UTC"), date.fromisoformat(day))
    assert found == date.fromisoformat(start)


def test_months_begin_on_the_zones_day_of_a_moment_that_is_counted_in_utc() -> None:
    """In UTC it is the first of the month; in New York the evening before, which has no fixed date."""
    anchor, zone = at("2026-03-01 03:00"), ZoneInfo("America/New_York")
    begins = [periods.start_of(anchor, zone, date(2026, month, 15)) for month in (3, 4, 5)]
    assert begins == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
