"""What an organization spends in each hour of its week, from the last 7, 30 and 90 days of its own.

Recent weeks weigh more, so that growth and seasons are followed, and older ones keep a single odd week from being
taken for the usual. The hours are those of the clock on the organization's wall.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import exp, sqrt
from zoneinfo import ZoneInfo

WEEK = 7 * 24
HISTORY = timedelta(days=90)
ENOUGH = timedelta(days=7)
"""With less history than a week, some of its hours have never been seen."""

_WINDOWS = ((7, 0.40), (30, 0.35), (90, 0.25))
"""Days, and how much the average of each counts."""
_HOUR = timedelta(hours=1)
_DAY_HOURS = 24
_FEW_HOURS = 3
_MOST_UNLIKE = 4.0
"""How far the last day and hours may raise or lower what comes next."""
_DAY_FADES, _FEW_FADE = 40.0, 5.0
"""Hours after which about a third is left of how unlike the last day, and the last few hours, were."""
_CALLING = 0.25
"""Campaigns call in hours that have at least this share of the busiest hour's spend."""
_LEAST_SPREAD, _MOST_SPREAD = 0.10, 1.5


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign in progress that the usual week doesn't know yet: what it takes an hour, and since when."""

    per_hour: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """The usual week, and how the last hours differed from it.

    `slots` are whole micro-units by hour of the week in `timezone`, from Monday at midnight. `day_ratio` and
    `few_ratio` are what the last day and the last few hours took, as a multiple of the usual; `spread` is by how much
    days differ from the usual one (a standard deviation, as a share of it). `surge` is what campaigns in progress
    take an hour beyond that, in hours with calls until `surge_until`.
    """

    timezone: str
    as_of: datetime
    slots: tuple[int, ...]
    day_ratio: float
    few_ratio: float
    spread: float
    surge: int
    surge_until: datetime

    def expected_from(self, hour: datetime) -> Iterator[int]:
        """What is expected to be spent in this hour and each one after it, without end, in whole micro-units."""
        ahead = max((hour - self.as_of) / _HOUR, 0.0)
        day, few = (
            (self.day_ratio - 1) * exp(-ahead / _DAY_FADES),
            (self.few_ratio - 1) * exp(-ahead / _FEW_FADE),
        )
        day_fade, few_fade = exp(-1 / _DAY_FADES), exp(-1 / _FEW_FADE)
        surging = (self.surge_until - hour) / _HOUR if self.surge else 0.0
        calling = max(self.slots) * _CALLING
        for place in _places_from(hour, ZoneInfo(self.timezone)):
            slot = self.slots[place]
            expected = round(slot * (1 + day) * (1 + few))
            yield expected + self.surge if surging > 0 and slot >= calling else expected
            day, few, surging = day * day_fade, few * few_fade, surging - 1

    def calling_hours(self, weekday: int) -> frozenset[int]:
        """The hours of a day of the week (Monday is 0) in which the organization usually calls."""
        least = max(self.slots) * _CALLING
        day = self.slots[weekday * _DAY_HOURS : (weekday + 1) * _DAY_HOURS]
        return frozenset(hour for hour, slot in enumerate(day) if slot and slot >= least)


def fit(
    spent: Mapping[datetime, int], timezone: str, now: datetime, running: Sequence[Running] = ()
) -> Profile | None:
    """The profile as of `now` from what was spent in each hour (UTC) that has any; None without a week of history."""
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = max(min(spent, default=now), this_hour - HISTORY)
    if this_hour - first < ENOUGH:
        return None
    zone = ZoneInfo(timezone)
    count = (this_hour - first) // _HOUR
    values = [max(spent.get(first + _HOUR * number, 0), 0) for number in range(count)]
    places = [*islice(_places_from(first, zone), count)]
    slots = _smoothed(_usual(values, places))
    surge, until = _surge(running, now)
    part = (now - this_hour) / _HOUR
    latest = [(float(value), slots[place]) for value, place in zip(values, places, strict=True)]
    latest.append((float(max(spent.get(this_hour, 0), 0)), slots[slot_of(this_hour.astimezone(zone))] * part))
    few = _ratio(latest[-_FEW_HOURS - 1 :], sum(slots) / WEEK * 2, surge)
    day = _ratio(latest[-_DAY_HOURS - 1 :], sum(slots) / 7 * 0.5, surge)
    return Profile(
        timezone=timezone,
        as_of=now,
        slots=tuple(round(slot) for slot in slots),
        day_ratio=day,
        few_ratio=max(few / day, 1 / _MOST_UNLIKE),
        spread=_spread(values, places, slots),
        surge=surge,
        surge_until=until,
    )


def slot_of(local: datetime) -> int:
    """The hour of the week of a local time."""
    return local.weekday() * _DAY_HOURS + local.hour


def _places_from(hour: datetime, zone: ZoneInfo) -> Iterator[int]:
    """The hours of the week from an hour on: looked up day by day, and hour by hour where clocks change."""
    begin = hour.astimezone(UTC)
    while True:
        end = begin + timedelta(days=1)
        local = begin.astimezone(zone)
        if local.utcoffset() == end.astimezone(zone).utcoffset():
            place = slot_of(local)
            yield from (hour % WEEK for hour in range(place, place + _DAY_HOURS))
        else:
            yield from (slot_of((begin + _HOUR * number).astimezone(zone)) for number in range(_DAY_HOURS))
        begin = end


def _usual(values: list[int], places: list[int]) -> list[float]:
    """The weighted mean of each hour of the week."""
    sums, weights = [0.0] * WEEK, [0.0] * WEEK
    count = len(values)
    for days, share in _WINDOWS:
        within = min(days * _DAY_HOURS, count)
        weight = share / within
        for value, place in zip(values[-within:], places[-within:], strict=True):
            sums[place] += weight * value
            weights[place] += weight
    return [total / weight if weight else 0.0 for total, weight in zip(sums, weights, strict=True)]


def _smoothed(slots: list[float]) -> list[float]:
    """Each hour with a share of its neighbors: whether a call is posted before or after the hour is chance."""
    return [
        0.2 * slots[place - 1] + 0.6 * slots[place] + 0.2 * slots[(place + 1) % WEEK] for place in range(WEEK)
    ]


def _ratio(latest: list[tuple[float, float]], prior: float, surge: float) -> float:
    """What was spent as a multiple of the usual. `prior` is added to both, so that little says little."""
    usual = sum(slot for _, slot in latest)
    actual = sum(value for value, _ in latest)
    actual -= min(surge * len(latest), max(actual - usual, 0))
    if prior <= 0:
        return 1.0
    return min(max((actual + prior) / (usual + prior), 1 / _MOST_UNLIKE), _MOST_UNLIKE)


def _surge(running: Sequence[Running], now: datetime) -> tuple[int, datetime]:
    """What campaigns in progress take an hour, and until when: about as long as they have been running already."""
    per_hour = sum(one.per_hour for one in running)
    if per_hour <= 0:
        return 0, now
    lasts = sum(one.per_hour * ((now - one.since) / _HOUR) for one in running) / per_hour
    return per_hour, now + timedelta(hours=min(max(lasts, 4.0), 96.0))


def _spread(values: list[int], places: list[int], slots: list[float]) -> float:
    """By how much whole days have differed from the usual, in the last thirty, as a share of it."""
    usual_day = sum(slots) / 7
    if usual_day <= 0:
        return _MOST_SPREAD
    squares, count = 0.0, 0
    for end in range(len(values), max(len(values) - 30 * _DAY_HOURS, 0), -_DAY_HOURS):
        begin = max(end - _DAY_HOURS, 0)
        off = sum(values[begin:end]) - sum(slots[place] for place in places[begin:end])
        squares += (off / usual_day) ** 2
        count += 1
    return min(max(sqrt(squares / count), _LEAST_SPREAD), _MOST_SPREAD)
