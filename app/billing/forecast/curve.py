"""What is left of credit at the end of each day to come, for a curve and its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing.forecast.expiring import Losses
from app.billing.forecast.outlook import NO_LOTS, band, hours_until
from app.billing.forecast.profile import Profile
from app.billing.wallet.lots.left import LotsLeft

DAYS = 30
"""How many days a curve has at most."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left at a time in micro-units: `about` that, between `low` and `high`; nothing below zero."""

    at: datetime
    low: int
    about: int
    high: int


def left_by_day(
    profile: Profile, available: int, now: datetime, *, timezone: str, credit: LotsLeft = NO_LOTS
) -> list[Left]:
    """From now on the end of each day by the clock of a zone, until nothing is left for sure, or a month is over.
    What expires is gone then."""
    zone, usual_day = ZoneInfo(timezone), sum(profile.slots) / 7
    points = [Left(now, available, available, available)]
    losses = [Losses(credit) for _ in range(3)]
    total = 0
    for begin, end, amount in hours_until(profile, now, now + timedelta(days=DAYS)):
        total += amount
        above, below = band(profile, total, usual_day)
        spent = (round(total * above), total, round(total * below))
        gone = [micro + lost.until(end, micro) for micro, lost in zip(spent, losses, strict=True)]
        is_over = available <= gone[2]
        if is_over or begin.astimezone(zone).date() != end.astimezone(zone).date():
            points.append(Left(end, *(max(available - micro, 0) for micro in gone)))
        if is_over:
            break
    return points
