"""Amounts, days, times and names as emails write them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.notify import formats
from app.notify.emails import DigestDate
from tests.factories import at, usd

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "Nov 16 \u2013 22, 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "Nov 30 \u2013 Dec 6, 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "Dec 28, 2026 \u2013 Jan 3, 2027"),
    ],
)
def test_a_week_is_written_as_short_as_it_can_be(first: date, last: date, said: str) -> None:
    assert formats.days(first, last) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/New_York", "November 24, 2026, 9:05 am EST"),
        ("America/Sao_Paulo", "November 24, 2026, 11:05 am UTC-03"),
        ("Asia/Kathmandu", "November 24, 2026, 7:50 pm UTC+05:45"),
        ("UTC", "November 24, 2026, 2:05 pm UTC"),
    ],
)
def test_a_time_names_its_zone_also_where_that_has_no_letters(zone: str, said: str) -> None:
    assert formats.moment(at("2026-11-24 14:05"), zone=ZoneInfo(zone)) == said


def test_a_time_in_a_subject_is_its_day_in_the_organizations_zone() -> None:
    assert formats.short_day(at("2026-12-01 03:00"), zone=NEW_YORK) == "Nov 30, 2026"
    assert formats.short_day(date(2026, 12, 1), zone=NEW_YORK) == "Dec 1, 2026"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Harbor Dental", "Harbor Dental"),
        ("a" * 30, "a" * 30),
        ("a" * 31, "a" * 29 + "\u2026"),
        ("Harbor\r\nBcc: x@evil.example", "Harbor Bcc: x@evil.example"),
        ("Harbor Dental and Orthodontics of Boston", "Harbor Dental and Orthodontic\u2026"),
    ],
)
def test_a_name_in_a_subject_is_one_line_of_thirty_characters_at_most(name: str, said: str) -> None:
    assert formats.brief(name, 30) == said


def test_what_is_due_says_how_much_and_with_which_card() -> None:
    due = DigestDate(day=date(2026, 12, 3), name="Growth renewal", amount=usd("49"), by="Visa ending in 4242")
    assert formats.due(due) == "Growth renewal, $49.00 with Visa ending in 4242"
    assert formats.due(DigestDate(day=due.day, name="Scheduled change")) == "Scheduled change"
