"""What is expected to be spent on each day to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.billing.forecast.outlook import banded, hours_until
from app.billing.forecast.profile import Profile


@dataclass(frozen=True, slots=True)
class Ahead:
    """Micro-units expected on each day: the first is what is left of today. `low` and `high` are the band of their
    sum."""

    days: dict[date, int]
    low: int
    high: int

    @property
    def about(self) -> int:
        return sum(self.days.values())


def spend_ahead(profile: Profile, now: datetime, last: date, timezone: str) -> Ahead:
    """From now on until the end of a day by the clock of a zone."""
    zone = ZoneInfo(timezone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    days: dict[date, int] = {}
    for begin, _, amount in hours_until(profile, now, until):
        day = begin.astimezone(zone).date()
        days[day] = days.get(day, 0) + amount
    whole = banded(profile, sum(days.values()))
    return Ahead(days, whole.low, whole.high)
