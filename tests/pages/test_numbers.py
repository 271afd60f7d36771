"""Whole numbers from addresses: digits only, and no more than fit."""

from __future__ import annotations

import pytest

from app.pages.numbers import MOST_DIGITS, read_whole


def test_digits_are_a_number() -> None:
    assert [read_whole(text) for text in ("0", "7", "2026", "9" * MOST_DIGITS)] == [0, 7, 2026, 10**18 - 1]


@pytest.mark.parametrize("text", [None, "", "-1", "+1", " 1", "1.5", "1_000", "\u0661", "\u00b2", "9" * 19])
def test_anything_else_is_none(text: str | None) -> None:
    assert read_whole(text) is None


def test_it_may_have_fewer_digits() -> None:
    assert read_whole("1234", 4) == 1234
    assert read_whole("12345", 4) is None
