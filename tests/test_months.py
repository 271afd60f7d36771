"""Calendar months: written in one way, of their own length, and counted back over the years."""

from __future__ import annotations

from datetime import date

import pytest

from app.months import Month


@pytest.mark.parametrize("text", ["2026-11", "0001-01", "9998-12"])
def test_what_is_written_is_read_again(text: str) -> None:
    assert str(Month.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-00",
        "2026-13",
        "2026-1",
        "0000-01",
        "9999-12",
        "2026-11-01",
        " 2026-11",
        "2026-11\n",
        "\u0662026-11",
    ],
)
def test_what_is_no_month_is_none(text: str) -> None:
    assert Month.parse(text) is None


@pytest.mark.parametrize(
    ("text", "last"), [("2026-02", 28), ("2028-02", 29), ("2026-04", 30), ("2026-12", 31), ("2026-01", 31)]
)
def test_it_knows_its_days(text: str, last: int) -> None:
    month = Month.parse(text)
    assert month is not None
    assert (month.first.day, month.last.day) == (1, last)
    assert {Month.of(month.first), Month.of(month.last)} == {month}


def test_it_is_counted_back_over_the_end_of_a_year_with_both_ends() -> None:
    first, last = Month(2025, 11), Month.of(date(2026, 2, 28))
    assert [str(one) for one in last.back_to(first)] == ["2026-02", "2026-01", "2025-12", "2025-11"]
    assert list(first.back_to(last)) == []
