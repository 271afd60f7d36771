"""Days as pages write them."""

from __future__ import annotations

from datetime import date

from app.clock import utc_now


def day_written(value: date) -> str:
    """`Nov 24`, and `Nov 24, 2027` where the year has to be said, as an American reads it."""
    today = utc_now().date()
    needs_year = value.year != today.year or (value - today).days >= 300
    return f"{value:%b} {value.day}" + (f", {value.year}" if needs_year else "")
