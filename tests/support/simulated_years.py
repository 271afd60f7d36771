"""Simulated years of organizations: seasons, bursts, growth. Nothing here knows how a forecast is made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp, pi, sin
from zoneinfo import ZoneInfo

BEGIN = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 455
HOUR = timedelta(hours=1)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "UTC", "Asia/Kolkata")
KINDS = ("office", "around the clock", "campaigns", "growing", "seasonal")


@dataclass(frozen=True, slots=True)
class Burst:
    """A campaign: from when until when it calls, and what it takes in an hour of the working day."""

    name: str
    begin: datetime
    end: datetime
    per_hour: float


@dataclass(slots=True)
class Year:
    """What an organization spends in each hour, and its campaigns; in micro-units."""

    kind: str
    timezone: str
    spent: dict[datetime, int] = field(default_factory=dict)
    of_bursts: dict[datetime, dict[str, int]] = field(default_factory=dict)
    bursts: list[Burst] = field(default_factory=list)

    def hours(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
        """Each hour from `begin` on, also those without spend."""
        while begin < end:
            yield begin, self.spent.get(begin, 0)
            begin += HOUR


def simulate(kind: str, seed: int) -> Year:
    """A year and a quarter, the same for the same seed."""
    chance = random.Random(f"{kind} {seed}")
    year = Year(kind, chance.choice(ZONES))
    zone = ZoneInfo(year.timezone)
    a_day = chance.uniform(15, 300) * 1_000_000
    growth = chance.uniform(0.8, 1.6) if kind == "growing" else chance.uniform(-0.2, 0.4)
    season = chance.uniform(0.3, 0.5) if kind == "seasonal" else chance.uniform(0, 0.2)
    phase = chance.uniform(0, 2 * pi)
    year.bursts = list(_bursts(kind, chance, a_day, zone))
    day_noise = 1.0
    for number in range(DAYS * 24):
        hour = BEGIN + HOUR * number
        local = hour.astimezone(zone)
        if local.hour == 0 or number == 0:
            # A good day is often followed by another.
            day_noise = exp(0.4 * (day_noise - 1) + chance.gauss(0, 0.18))
        level = (
            a_day
            * exp(growth * number / (365 * 24))
            * (1 + season * sin(2 * pi * number / (365 * 24) + phase))
        )
        if (local.month, local.day) >= (12, 22) or (local.month, local.day) <= (1, 2):
            level *= 0.5
        usual = level * _share(kind, local) * day_noise * chance.gammavariate(6, 1 / 6)
        extra: dict[str, int] = {}
        for burst in year.bursts:
            if burst.begin <= hour < burst.end and 9 <= local.hour < 18 and local.weekday() < 5:
                extra[burst.name] = round(burst.per_hour * level / a_day * chance.gammavariate(8, 1 / 8))
        total = round(usual) + sum(extra.values())
        if total:
            year.spent[hour] = total
        if extra:
            year.of_bursts[hour] = extra
    return year


def _share(kind: str, local: datetime) -> float:
    """An hour's share of a weekday's spend."""
    working = 8 <= local.hour < 18
    match kind:
        case "around the clock":
            share = (1.0 if 7 <= local.hour < 22 else 0.35) / 18.15
            return share * (0.8 if local.weekday() >= 5 else 1.0)
        case "campaigns":
            base = 0.4
        case _:
            base = 1.0
    week = 0.05 if local.weekday() == 6 else 0.25 if local.weekday() == 5 else 1.0
    lunch = 0.7 if local.hour in {12, 13} else 1.0
    return base * week * (lunch / 9.4 if working else 0.003)


def _bursts(kind: str, chance: random.Random, a_day: float, zone: ZoneInfo) -> Iterator[Burst]:
    """Campaigns that begin on working days, for some hours or some days."""
    a_month = 4.0 if kind == "campaigns" else 1.2
    at = BEGIN
    while at < BEGIN + timedelta(days=DAYS):
        at += timedelta(days=chance.expovariate(a_month / 30))
        local = at.astimezone(zone).replace(hour=chance.randrange(9, 16), minute=0, second=0, microsecond=0)
        if local.weekday() >= 5:
            continue
        begin = local.astimezone(UTC).replace(minute=0)
        lasts = timedelta(hours=min(max(exp(chance.gauss(3.3, 0.9)), 3), 150))
        yield Burst(f"Campaign {begin:%b %d %H}", begin, begin + lasts, a_day / 9 * chance.uniform(0.3, 1.6))
