"""The band: how much an organization's own past says that an hour may take before someone should be asked.

Compared are the same hours of the week before with their neighbors, and hours of the day like it in the weeks before,
in which campaigns have begun at other days. Medians, so that an hour that was once unlike the others changes nothing.
Where an organization grows, so does its band. Below a floor nothing is ever unusual: small sums stop no one. While
there is too little of a past to know what is usual, an hour may take three times the busiest one so far, or what one
charge adds: that is what an owner has agreed to, and the next charge within the hour is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

WEEKS = 8
"""How much of the past is compared."""
LITTLE = timedelta(days=14)
"""With less of a past than this the busiest hours so far count, whatever the hour of the week."""

_HOUR = timedelta(hours=1)
_SPREADS = 6.0
"""How many spreads above the usual are still usual. One spread is about a standard deviation."""
_TIMES_USUAL = 3.0
_TIMES_BUSY = 1.5
_TIMES_BUSY_YOUNG = 3.0
_OF_A_DEVIATION = 1.4826
"""What the median deviation is multiplied by to be one standard deviation of a normal distribution."""
_MOST_GROWTH = 2.0


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual for an hour, and the most that is still within the band; in micro-units. `is_known` says whether
    there was enough of a past to tell."""

    usual: int
    most: int
    is_known: bool


def band_of(
    at: datetime, zone: ZoneInfo, past: Mapping[datetime, int], *, floor: int, charge: int = 0
) -> Band:
    """The band of the hour that ends at a time.

    `past` is what was spent by the hour, which begin in UTC; hours that overlap the one in question are left out.
    Hours without spend may be missing. `floor` is in micro-units, and so is `charge`, what one charge adds.
    """
    known = {hour: micro for hour, micro in past.items() if hour + _HOUR <= at - _HOUR}
    begin = min(known, default=at)
    middle = (at - _HOUR / 2).astimezone(zone)
    if at - begin < LITTLE:
        busiest = max(known.values(), default=0)
        usual = _of(_near(middle, known, begin))
        return Band(usual, max(floor, charge, round(_TIMES_BUSY_YOUNG * busiest)), is_known=False)
    same = list(_same(middle, known, begin))
    usual = _of(same)
    spread = _OF_A_DEVIATION * _of([abs(one - usual) for one in same])
    growth = _growth(at, known, begin)
    near = sorted(_near(middle, known, begin))
    busy = near[-max(len(near) // 50, 1)] if near else 0
    most = growth * max(usual + _SPREADS * spread, _TIMES_USUAL * usual, _TIMES_BUSY * busy)
    return Band(round(growth * usual), max(floor, round(most)), is_known=True)


def _same(middle: datetime, known: Mapping[datetime, int], begin: datetime) -> Iterator[int]:
    """The same hour of the weeks before, and the hours beside it."""
    for week in range(1, WEEKS + 1):
        yield from _around(middle - timedelta(weeks=week), known, begin)


def _near(middle: datetime, known: Mapping[datetime, int], begin: datetime) -> Iterator[int]:
    """The same hour of all days before that are like this one, working days or not, and the hours beside it."""
    is_weekend = middle.weekday() >= 5
    for days in range(1, WEEKS * 7 + 1):
        before = middle - timedelta(days=days)
        if (before.weekday() >= 5) == is_weekend:
            yield from _around(before, known, begin)


def _around(local: datetime, known: Mapping[datetime, int], begin: datetime) -> Iterator[int]:
    # By the clock on the wall, which people and campaigns follow when the offset from UTC changes.
    for beside in (-1, 0, 1):
        hour = (local + beside * _HOUR).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour >= begin:
            yield known.get(hour, 0)


def _growth(at: datetime, known: Mapping[datetime, int], begin: datetime) -> float:
    """How much more the last week took than a week before it did, from 1 to `_MOST_GROWTH`."""
    week = timedelta(weeks=1)
    last = sum(micro for hour, micro in known.items() if hour >= at - week)
    earlier = sum(micro for hour, micro in known.items() if hour < at - week)
    weeks = (at - week - max(begin, at - WEEKS * week)) / week
    return min(max(last * weeks / earlier, 1.0), _MOST_GROWTH) if earlier > 0 and weeks >= 1 else 1.0


def _of(amounts: list[int] | Iterator[int]) -> int:
    found = list(amounts)
    return round(median(found)) if found else 0
