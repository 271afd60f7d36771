"""Which days are compared: whole ones only, with as many of the range before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.billing.activity.cost_change import Period
from app.billing.activity.usage_windows import Asked, Compared, Windows
from tests.factories import usd

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
ASKED = Asked(MARCH, FEBRUARY)


def test_while_a_range_lasts_as_many_days_are_compared() -> None:
    for number in range(1, 31):
        today = MARCH.first + timedelta(days=number)
        found = Windows.of(ASKED, today)
        assert found.last_shown == today
        assert found.days == number
        assert found.whole_until == today - timedelta(days=1)
        assert found.before_until == min(FEBRUARY.first + timedelta(days=number - 1), FEBRUARY.last)


def test_once_it_is_over_all_of_both_are_compared() -> None:
    for month, before in ((MARCH, FEBRUARY), (FEBRUARY, MARCH)):
        found = Windows.of(Asked(month, before), month.last + timedelta(days=1))
        assert (found.last_shown, found.whole_until, found.before_until) == (
            month.last,
            month.last,
            before.last,
        )


def test_amounts_are_added_up_by_what_they_are_of() -> None:
    found = Windows.of(ASKED, date(2026, 3, 3))
    amounts = {
        date(2026, 1, 31): 1,
        date(2026, 2, 1): 2,
        date(2026, 2, 2): 4,
        date(2026, 2, 3): 8,
        date(2026, 3, 1): 16,
        date(2026, 3, 2): 32,
        date(2026, 3, 3): 64,
    }
    compared = found.compare(amounts, "USD")
    assert (compared.cost.micro, compared.whole.micro, compared.before.micro) == (112, 48, 6)


@pytest.mark.parametrize(
    ("whole", "before", "percent"),
    [
        ("108", "100", 8),
        ("88", "100", -12),
        ("100", "100", 0),
        ("0", "5", -100),
        ("5", "0", None),
        ("5", "-1", None),
    ],
)
def test_a_change_is_in_whole_percent_of_what_it_was(whole: str, before: str, percent: int | None) -> None:
    assert Compared(usd("999"), usd(whole), usd(before)).percent == percent
