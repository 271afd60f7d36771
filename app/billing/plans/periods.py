"""The monthly periods of allowances, in an organization's time zone.

Stripe adds whole months to the anchor, in UTC, and uses the last day of a month that is too short
(https://docs.stripe.com/billing/subscriptions/billing-cycle): this does the same, so that both begin on the same day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta


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
