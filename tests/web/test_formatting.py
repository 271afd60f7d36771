"""Days, times and quantities as pages write them: in the viewer's locale, and as people say them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.billing.catalog.quantities import Quantity, Units
from app.clock import utc_now
from app.web import formatting
from app.web.formatting import (
    day,
    day_long,
    day_of_chart,
    month_named,
    number,
    time_around,
    time_element,
)
from app.web.quantity_text import quantity, units
from tests.factories import at
from tests.support.days import day_written

TIMES = "\u00d7"


def plain(markup: str) -> str:
    return re.sub(r"<[^>]+>", "", markup)


@pytest.mark.parametrize(
    ("locale", "short", "long", "full"),
    [
        ("en-US", "Nov 24", "November 24, 2026", "Nov 24, 2026, 2:05 pm UTC"),
        ("en-CA", "Nov 24", "November 24, 2026", "Nov 24, 2026, 2:05 pm UTC"),
        ("en-GB", "24 Nov", "24 November 2026", "24 Nov 2026, 14:05 UTC"),
        ("en-AU", "24 Nov", "24 November 2026", "24 Nov 2026, 2:05 pm UTC"),
        ("nl-NL", "Nov 24", "November 24, 2026", "Nov 24, 2026, 2:05 pm UTC"),
    ],
)
def test_days_and_times_are_ordered_as_the_viewer_does(
    app: Flask, locale: str, short: str, long: str, full: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": locale}):
        # Written on a chart's axis: elsewhere its year is said from the next year on.
        assert day_of_chart(date(2026, 11, 24)) == short
        assert day_long(date(2026, 11, 24)) == long
        assert plain(time_element(at("2026-11-24 14:05"))) == full


def test_a_day_has_its_year_unless_it_is_clear(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "utc_now", lambda: at("2026-02-10 09:00"))
    with app.test_request_context():
        written = [day(date.fromisoformat(one)) for one in ("2026-02-10", "2026-01-01", "2026-12-06")]
        assert written == ["Feb 10", "Jan 1", "Dec 6"]
        far = [
            day(date.fromisoformat(one)) for one in ("2025-12-31", "2026-12-07", "2027-01-01", "2024-02-29")
        ]
        assert far == ["Dec 31, 2025", "Dec 7, 2026", "Jan 1, 2027", "Feb 29, 2024"]
        recent = [plain(time_element(at(f"{year}-01-05 14:05"), "recent")) for year in (2026, 2025)]
        assert recent == ["Jan 5, 2:05 pm UTC", "Jan 5, 2025, 2:05 pm UTC"]
        months = [month_named(date.fromisoformat(one)) for one in ("2026-12-01", "2025-12-01", "2027-01-01")]
        assert months == ["December", "December 2025", "January 2027"]


def an_hour_of(days: int) -> datetime:
    """1:38 pm UTC of the day that many days from today."""
    return (utc_now() + timedelta(days=days)).replace(hour=13, minute=38, second=0, microsecond=0)


def test_an_estimate_is_told_by_its_weekday_to_the_half_hour(app: Flask) -> None:
    with app.test_request_context():
        assert plain(time_around(an_hour_of(0))) == "today around 1:30 pm"
        assert plain(time_around(an_hour_of(1))) == "tomorrow around 1:30 pm"
        soon, later = an_hour_of(3), an_hour_of(8)
        assert plain(time_around(soon)) == f"{soon:%A} around 1:30 pm"
        assert plain(time_around(later)) == f"around {day_written(later.date())}"
        assert plain(time_around(an_hour_of(1).replace(hour=12, minute=10))) == "tomorrow around noon"
        assert plain(time_around(an_hour_of(2).replace(hour=0, minute=2))) == "tomorrow around midnight"


@pytest.mark.parametrize(
    ("used", "says"),
    [
        (Quantity("calls_inbound", 1204, "min"), "1,204 min"),
        (Quantity("sms", 84, "text messages"), "84 text messages"),
        (Quantity("sms", 1, "text messages"), "1 text message"),
        (Quantity("tokens_in", 48_260_000, "tokens"), "48.3M tokens"),
        (Quantity("phone_numbers", 78, "number-days", days=26), f"3 numbers {TIMES} 26 days"),
        (Quantity("phone_numbers", 1, "number-days", days=1), "1 number"),
        (Quantity("phone_numbers", 79, "number-days"), "79 number-days"),
    ],
)
def test_quantities_read_as_people_count(app: Flask, used: Quantity, says: str) -> None:
    with app.test_request_context():
        assert quantity(used) == says


def test_units_are_told_to_the_unit(app: Flask) -> None:
    with app.test_request_context():
        assert units(Units(72, "second")) == "1 min 12 s"
        assert units(Units(2, "message")) == "2 text messages"
        assert units(Units(78, "number-day", days=26)) == f"3 numbers {TIMES} 26 days"
        assert units(Units(-1, "number-day")) == "\u22121 number-day"
        assert number(1_250_000) == "1.2M"
