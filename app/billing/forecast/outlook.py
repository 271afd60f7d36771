"""How long credit lasts, and what is spent until a time, by a profile: an estimate, with a band around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp

from app.billing.forecast.expiring import Losses
from app.billing.forecast.profile import Profile
from app.billing.wallet.lots.left import LotsLeft

FURTHEST = timedelta(days=60)
"""How far ahead anything is said."""
_HOUR = timedelta(hours=1)
_ABOVE, _BELOW = 2.3, 1.95
"""How many spreads the band is wide, above and below, for the spend of one day."""
_NARROWS = 0.12
"""By which power the band becomes narrower for more days: little, since a busy day is often followed by another."""
_LEAST_DAYS = 0.1
NO_LOTS = LotsLeft()
"""Credit that doesn't expire."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What will be spent until a time: `about` is the estimate, `low` and `high` the band; in micro-units."""

    low: int
    about: int
    high: int


@dataclass(frozen=True, slots=True)
class Dryness:
    """When credit runs out. `latest` is None, or all are, where it lasts longer than anything is said about."""

    earliest: datetime | None
    about: datetime | None
    latest: datetime | None


def spend_until(profile: Profile, now: datetime, until: datetime) -> Spend:
    """What is expected to be spent between now and a time."""
    return banded(
        profile, sum(amount for _, _, amount in hours_until(profile, now, min(until, now + FURTHEST)))
    )


def banded(profile: Profile, total: int) -> Spend:
    """So much spend with the band that forecasts of as much have."""
    above, below = band(profile, total, sum(profile.slots) / 7)
    return Spend(round(total * below), total, round(total * above))


def dry_at(profile: Profile, available: int, now: datetime, credit: LotsLeft = NO_LOTS) -> Dryness:
    """When so much credit (in micro-units) is used up, or has expired."""
    found: list[datetime | None] = [None, None, None]
    before = [0, 0, 0]
    losses = [Losses(credit) for _ in before]
    total, usual_day = 0, sum(profile.slots) / 7
    widest = 1 + _ABOVE * profile.spread * _LEAST_DAYS**-_NARROWS
    for begin, end, amount in hours_until(profile, now, now + FURTHEST):
        total += amount
        if total * widest < available and not credit.lots:
            before = [total, total, total]
            continue
        above, below = band(profile, total, usual_day)
        reached = [round(total * above), total, round(total * below)]
        for place, lost in enumerate(losses):
            left = available - lost.lost
            if found[place] is None and reached[place] >= left:
                gained = reached[place] - before[place]
                part = (left - before[place]) / gained if gained > 0 else 1.0
                found[place] = begin + (end - begin) * min(max(part, 0.0), 1.0)
            if found[place] is None and reached[place] >= available - lost.until(end, reached[place]):
                found[place] = end
        if found[2] is not None:
            break
        before = reached
    return Dryness(*found)


def hours_until(profile: Profile, now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """The hours until a time, each with what is expected in it; the first and last are parts of one."""
    begin = now.astimezone(UTC)
    hour = begin.replace(minute=0, second=0, microsecond=0)
    for expected in profile.expected_from(hour):
        if begin >= until:
            return
        end = hour + _HOUR
        if begin == hour and end <= until:
            yield begin, end, expected
        else:
            end = min(end, until)
            yield begin, end, round(expected * ((end - begin) / _HOUR))
        begin = hour = hour + _HOUR


def band(profile: Profile, total: int, usual_day: float) -> tuple[float, float]:
    """By which factors spend may be more and less than `total`. Measured by backtests on simulated years."""
    days = max(total / usual_day if usual_day else 0.0, _LEAST_DAYS)
    spread = profile.spread * days**-_NARROWS
    return 1 + _ABOVE * spread, exp(-_BELOW * spread)
