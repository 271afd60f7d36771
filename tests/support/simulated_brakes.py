"""Months and runaways of simulated organizations that top up automatically: what the brake would have stopped."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing.brake.band import WEEKS, Band, band_of
from tests.support.simulated_years import HOUR, Year

SLOTS = 12
SLOT = HOUR / SLOTS
"""An hour's spend comes in parts of five minutes, unevenly."""
RESUMED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Runaway:
    """Something that takes so much an hour from a time on, in micro-units, besides everything else."""

    begin: datetime
    per_hour: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A charge that was stopped: when, what the last hour had taken, and what was usual."""

    at: datetime
    spent: int
    band: Band


@dataclass(slots=True)
class Played:
    """When cards were charged, and when the band stopped it."""

    charges: list[datetime] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)

    def most_in(self, span: timedelta) -> int:
        """The most charges in any such span."""
        return max(sum(at <= other < at + span for other in self.charges) for at in self.charges)


def play(
    year: Year,
    begin: datetime,
    end: datetime,
    *,
    gap: int,
    floor: int,
    seed: int,
    runaway: Runaway | None = None,
) -> Played:
    """Let a wallet be spent from and be topped up by `gap` each time, and ask about the band before each charge.

    A stop is answered immediately: go on this time, which is for a day and up to twice as much.
    """
    chance = random.Random(f"{year.kind} {seed} {begin}")
    zone, played = ZoneInfo(year.timezone), Played()
    past = dict(year.hours(begin - timedelta(weeks=WEEKS), begin))
    past = {hour: micro for hour, micro in past.items() if micro}
    lately = deque([0] * SLOTS, maxlen=SLOTS)
    credit, resumed_until, up_to = gap, begin, 0
    for hour, micro in year.hours(begin, end):
        shares = [chance.gammavariate(2, 1) for _ in range(SLOTS)]
        for number, share in enumerate(shares):
            at = hour + SLOT * (number + 1)
            is_running = runaway is not None and at > runaway.begin
            extra = runaway.per_hour // SLOTS if runaway is not None and is_running else 0
            taken = round(micro * share / sum(shares)) + extra
            lately.append(taken)
            past[hour] = past.get(hour, 0) + taken
            credit -= taken
            if credit > 0:
                continue
            spent = sum(lately)
            if at >= resumed_until or spent > up_to:
                band = _band(at, zone, past, floor, gap)
                if spent > band.most:
                    played.stops.append(Stop(at, spent, band))
                    resumed_until, up_to = at + RESUMED_FOR, 2 * spent
            played.charges.append(at)
            credit = gap
    return played


def _band(at: datetime, zone: ZoneInfo, past: dict[datetime, int], floor: int, gap: int) -> Band:
    since = at - timedelta(weeks=WEEKS, days=1)
    return band_of(
        at, zone, {hour: micro for hour, micro in past.items() if hour >= since}, floor=floor, charge=gap
    )
