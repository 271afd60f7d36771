"""Forecasts on simulated years, hour by hour until the credit is gone, as they would have been made then."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing.forecast import outlook, profile
from app.billing.forecast.outlook import Dryness
from app.billing.forecast.profile import HISTORY, Profile, Running
from tests.support.simulated_years import BEGIN, HOUR, Year

_CLOSE = timedelta(hours=60)
_SELDOM = 8


@dataclass(frozen=True, slots=True)
class Step:
    """What was forecast at a time, of credit that ran out at `dry`."""

    at: datetime
    forecast: Dryness
    dry: datetime


def months(year: Year, seed: int, *, count: int) -> Iterator[list[Step]]:
    """Months of a simulated year, each with a top-up that is used up a day to two weeks later: from the top-up until
    then every hour, and less often while there is more than that for days."""
    chance = random.Random(f"months {year.kind} {seed}")
    for month in chance.sample(range(11), count):
        begin = BEGIN + HISTORY + timedelta(days=30 * month) + HOUR * chance.randrange(5 * 24)
        last = begin + HOUR * chance.randrange(24, 14 * 24)
        while year.spent.get(last, 0) == 0:
            last += HOUR
        credit = sum(micro for _, micro in year.hours(begin, last)) + year.spent[last] * chance.random()
        yield list(_until_dry(year, begin, last, round(credit)))


def moments(year: Year, seed: int, *, count: int) -> Iterator[Step]:
    """Moments of a simulated year, each with credits that are used up some hours to two weeks later."""
    chance = random.Random(f"moments {year.kind} {seed}")
    for _ in range(count):
        at = BEGIN + HISTORY + HOUR * chance.randrange(345 * 24)
        found = profile_at(year, at)
        assert found is not None
        for longest in (8, 24, 72, 14 * 24):
            last = at + HOUR * chance.randrange(longest // 3, longest)
            while year.spent.get(last, 0) == 0:
                last += HOUR
            part = chance.random()
            credit = sum(micro for _, micro in year.hours(at, last)) + round(year.spent[last] * part)
            yield Step(at, outlook.dry_at(found, credit, at), last + HOUR * part)


def _until_dry(year: Year, begin: datetime, last: datetime, credit: int) -> Iterator[Step]:
    left, at, made = credit, begin, []
    while left > year.spent.get(at, 0):
        if last - at < _CLOSE or (at - begin) // HOUR % _SELDOM == 0:
            found = profile_at(year, at)
            assert found is not None
            made.append((at, outlook.dry_at(found, left, at)))
        left -= year.spent.get(at, 0)
        at += HOUR
    dry = at + HOUR * (left / year.spent[at])
    yield from (Step(at, found, dry) for at, found in made)


def profile_at(year: Year, at: datetime) -> Profile | None:
    """The profile as it would have been made at a time, of what had happened by then."""
    known = {hour: micro for hour, micro in year.hours(max(at - HISTORY, BEGIN), at) if micro}
    return profile.fit(known, year.timezone, at, list(_running(year, at)))


def _running(year: Year, at: datetime) -> Iterator[Running]:
    for burst in year.bursts:
        lately = [year.of_bursts.get(at - HOUR * hour, {}).get(burst.name, 0) for hour in (1, 2, 3)]
        hours = sum(1 for hour in (1, 2, 3) if at - HOUR * hour >= burst.begin)
        if sum(lately) and at - burst.begin < timedelta(days=7):
            yield Running(per_hour=round(sum(lately) / hours), since=burst.begin)
