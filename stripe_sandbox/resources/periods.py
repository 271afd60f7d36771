"""When billing periods begin and end: counted from the anchor, so that month ends come back to their day.

31 January leads to 28 (or 29) February, and that to 31 March (https://docs.stripe.com/billing/subscriptions/billing-cycle).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, recurring: dict[str, Any], start: int) -> int:
    """The first turn of the period after `start`, in seconds since 1970."""
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in _DAYS:
        length = timedelta(days=_DAYS[interval] * count) // timedelta(seconds=1)
        return anchor + ((start - anchor) // length + 1) * length
    step = _MONTHS[interval] * count
    first, now = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(start, UTC)
    turns = ((now.year - first.year) * 12 + now.month - first.month) // step
    while months_after(first, turns * step) <= start:
        turns += 1
    return months_after(first, turns * step)


def months_after(first: datetime, months: int) -> int:
    """The same day so many months later, or the last of a month that has none such, in seconds since 1970."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return int(first.replace(year=year, month=month + 1, day=day).timestamp())
