"""When billing periods begin and end: counted from the anchor, so that month ends come back to their day.

31 January leads to 28 (or 29) February, and that to 31 March (https://docs.stripe.com/billing/subscriptions/billing-cycle).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def period_at(anchor: int, recurring: dict[str, Any], at: int) -> tuple[int, int]:
    """Beginning and end of the period that a moment falls in, in seconds since 1970; its first second is in it."""
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in _DAYS:
        length = timedelta(days=_DAYS[interval] * count) // timedelta(seconds=1)
        start = anchor + (at - anchor) // length * length
        return start, start + length
    step = _MONTHS[interval] * count
    first, now = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(at, UTC)
    turns = ((now.year - first.year) * 12 + now.month - first.month) // step
    while months_after(first, turns * step) > at:
        turns -= 1
    while months_after(first, (turns + 1) * step) <= at:
        turns += 1
    return months_after(first, turns * step), months_after(first, (turns + 1) * step)


def period_end(anchor: int, recurring: dict[str, Any], start: int) -> int:
    """The first turn of the period after `start`, in seconds since 1970."""
    return period_at(anchor, recurring, start)[1]


def same_length(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two prices recur alike."""
    return all(one[name] == other[name] for name in ("interval", "interval_count"))


def months_after(first: datetime, months: int) -> int:
    """The same day so many months later, or the last of a month that has none such, in seconds since 1970."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return int(first.replace(year=year, month=month + 1, day=day).timestamp())
