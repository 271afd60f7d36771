"""Whole numbers from addresses and hidden fields."""

from __future__ import annotations

MOST_DIGITS = 18
"""So many fit into a PostgreSQL bigint, whatever they are."""


def read_whole(text: str | None, digits: int = MOST_DIGITS) -> int | None:
    """A number of ASCII digits, at most so many; None for anything else, also with a sign or a blank."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
