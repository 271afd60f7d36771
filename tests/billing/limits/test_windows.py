"""Windows of limits: on the organization's clock, whatever happens to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.limits import windows
from app.models import LimitWindow
from tests.factories import at

HOUR, DAY, WEEK, MONTH = LimitWindow
NEW_YORK = "America/New_York"
START = datetime.fromisoformat("2026-01-01")


@pytest.mark.parametrize(
    ("kind", "zone", "now", "start", "end"),
    [
        (HOUR, "UTC", "2026-11-24 09:31", "2026-11-24 09:00", "2026-11-24 10:00"),
        (HOUR, "Asia/Kolkata", "2026-11-24 09:31", "2026-11-24 09:30", "2026-11-24 10:30"),
        (DAY, "UTC", "2026-11-24 00:00", "2026-11-24 00:00", "2026-11-25 00:00"),
        (DAY, NEW_YORK, "2026-11-24 03:00", "2026-11-23 05:00", "2026-11-24 05:00"),
        (WEEK, "UTC", "2026-11-29 23:59", "2026-11-23 00:00", "2026-11-30 00:00"),
        (MONTH, "UTC", "2026-12-31 23:59", "2026-12-01 00:00", "2027-01-01 00:00"),
        (MONTH, "UTC", "2028-02-29 12:00", "2028-02-01 00:00", "2028-03-01 00:00"),
        (MONTH, NEW_YORK, "2026-12-01 04:59", "2026-11-01 04:00", "2026-12-01 05:00"),
        # Clocks are put forward: a day of 23 hours, and an hour that isn't there.
        (DAY, NEW_YORK, "2026-03-08 12:00", "2026-03-08 05:00", "2026-03-09 04:00"),
        (HOUR, NEW_YORK, "2026-03-08 07:30", "2026-03-08 07:00", "2026-03-08 08:00"),
        # Clocks are put back: a day of 25 hours, and an hour that comes twice is two windows.
        (DAY, NEW_YORK, "2026-11-01 12:00", "2026-11-01 04:00", "2026-11-02 05:00"),
        (HOUR, NEW_YORK, "2026-11-01 05:30", "2026-11-01 05:00", "2026-11-01 06:00"),
        (HOUR, NEW_YORK, "2026-11-01 06:30", "2026-11-01 06:00", "2026-11-01 07:00"),
        # Clocks that change by half an hour: back, and forward.
        (HOUR, "Australia/Lord_Howe", "2026-04-04 14:59", "2026-04-04 14:00", "2026-04-04 15:00"),
        (HOUR, "Australia/Lord_Howe", "2026-04-04 15:10", "2026-04-04 15:00", "2026-04-04 15:30"),
        (HOUR, "Australia/Lord_Howe", "2026-10-03 15:45", "2026-10-03 15:30", "2026-10-03 16:00"),
        # A day that begins at one o'clock.
        (DAY, "America/Asuncion", "2023-10-01 12:00", "2023-10-01 04:00", "2023-10-02 03:00"),
    ],
)
def test_a_window_is_that_of_the_clock(kind: LimitWindow, zone: str, now: str, start: str, end: str) -> None:
    found = windows.find(kind, ZoneInfo(zone), at(now))
    assert (found.start, found.end) == (at(start), at(end))


@given(
    kind=st.sampled_from(list(LimitWindow)),
    zone=st.sampled_from(
        [NEW_YORK, "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut", "Australia/Lord_Howe"]
    ),
    now=st.datetimes(START, START.replace(year=2029)),
)
@settings(max_examples=100)
def test_a_time_is_in_its_window_and_the_next_one_begins_where_it_ends(
    kind: LimitWindow, zone: str, now: datetime
) -> None:
    moment = now.replace(tzinfo=ZoneInfo("UTC"))
    found = windows.find(kind, ZoneInfo(zone), moment)
    assert found.start <= moment < found.end
    assert windows.find(kind, ZoneInfo(zone), found.start) == found
    assert windows.find(kind, ZoneInfo(zone), found.end - timedelta(microseconds=1)) == found
    assert windows.find(kind, ZoneInfo(zone), found.end).start == found.end
