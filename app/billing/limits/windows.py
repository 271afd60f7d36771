"""The windows of limits: an hour, a day, a week or a month on the clock of the organization.

Clocks change, so a window isn't a number of seconds: a day has 23 to 25 hours. Where they are put back, the hour that
comes twice is two windows, because what was spent in the first one is over. A window that began never begins again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.models import LimitWindow

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` on, until before `end`; both in UTC."""

    start: datetime
    end: datetime

    @property
    def lasts(self) -> tuple[datetime, timedelta]:
        """Larger for the one that lasts longer: until a later time or, where they end together, since an earlier one
        (a month that ends today, rather than today)."""
        return self.end, self.end - self.start


def find(kind: LimitWindow, zone: ZoneInfo, at: datetime) -> Window:
    """The window that a time is in, by the clocks of a time zone."""
    local = at.astimezone(zone)
    if kind is LimitWindow.HOUR:
        return _hour(local)
    first = first_day(kind, local.date())
    return Window(_midnight(first, zone), _midnight(_next(kind, first), zone))


def first_day(kind: LimitWindow, day: date) -> date:
    """The first day of the window that a day is in; an hour's is the day itself."""
    match kind:
        case LimitWindow.MONTH:
            return day.replace(day=1)
        case LimitWindow.WEEK:
            return day - timedelta(days=day.weekday())
        case _:
            return day


def _next(kind: LimitWindow, first: date) -> date:
    match kind:
        case LimitWindow.MONTH:
            return (first + timedelta(days=31)).replace(day=1)
        case LimitWindow.WEEK:
            return first + timedelta(days=7)
        case _:
            return first + timedelta(days=1)


def _hour(local: datetime) -> Window:
    """Counted in real time from the time itself, which works in an hour that comes twice, too. Where clocks change by
    half an hour, one hour is half as long."""
    passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    start = local.astimezone(UTC) - passed
    end = start + _HOUR
    while start.astimezone(local.tzinfo).utcoffset() != local.utcoffset():
        start += _MINUTE
    return Window(start, end)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day. Where clocks skip midnight, that is when they are put forward, which is what the
    offset from before makes of it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
