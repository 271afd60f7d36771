"""The monthly periods of allowances, in an organization's time zone.

Stripe adds whole months to the anchor, in UTC, and uses the last day of a month that is too short
(https://docs.stripe.com/billing/subscriptions/billing-cycle): this does the same, so that both begin on the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

_INTO_THE_NEXT = timedelta(days=40)
"""From the first day of any period this leads into the next one."""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Starts:
    """The first days of the period in progress, of the two before it, and of the next."""

    before_last: date
    last: date
    this: date
    next: date


def starts_around(anchor: datetime | None, zone: ZoneInfo, day: date) -> Starts:
    """The periods around the one that `day` falls in, as `start_of` finds them."""
    this = start_of(anchor, zone, day)
    last = start_of(anchor, zone, this - _A_DAY)
    return Starts(
        before_last=start_of(anchor, zone, last - _A_DAY),
        last=last,
        this=this,
        next=start_of(anchor, zone, this + _INTO_THE_NEXT),
    )


def start_of(anchor: datetime | None, zone: ZoneInfo, day: date) -> date:
    """The first day of the period that `day` falls in: counted from `anchor`, or without one by calendar month."""
    if anchor is None:
        return day.replace(day=1)
    first = anchor.astimezone(UTC)
    months = (day.year - first.year) * 12 + day.month - first.month + 1
    while True:
        # The day in the zone may be one before or after that in UTC, and so in another month.
        start = (first + relativedelta(months=months)).astimezone(zone).date()
        if start <= day:
            return start
        months -= 1
