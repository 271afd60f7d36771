"""Simulated years of another kind than `tests.support.simulated_years`.

No constant of the forecast was chosen with them, and none may be: they show what it does where no one has looked.

They are made of single calls rather than of a smooth level: each has a price of its own, a few of them large. Levels
change in steps, when a customer comes or leaves. There are days off, weeks of vacation, busy ends of months, and
surges without a campaign's name whose size has a heavy tail.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import exp, log, sqrt
from zoneinfo import ZoneInfo

from tests.support.simulated_years import BEGIN, DAYS, HOUR, Burst, Year

ZONES = ("America/Los_Angeles", "Europe/London", "Asia/Tokyo", "America/Sao_Paulo", "Africa/Nairobi")
KINDS = ("shop", "help line", "collections", "two in one", "small")
Share = Callable[[datetime], float]


def simulate(kind: str, seed: int) -> Year:
    """A year and a quarter, the same for the same seed."""
    chance = random.Random(f"other {kind} {seed}")
    year = Year(kind, chance.choice(ZONES))
    if kind == "two in one":
        first, second = chance.sample(["shop", "help line", "collections"], 2)
        _add(year, first, chance, calls_a_day=chance.uniform(60, 400))
        _add(year, second, chance, calls_a_day=chance.uniform(60, 400))
    elif kind == "small":
        _add(year, chance.choice(["shop", "help line"]), chance, calls_a_day=chance.uniform(12, 40))
    else:
        _add(year, kind, chance, calls_a_day=chance.uniform(80, 900))
    return year


def _add(year: Year, kind: str, chance: random.Random, *, calls_a_day: float) -> None:
    """Add an organization's calls of one kind, with days off, steps and surges of its own."""
    zone, share = ZoneInfo(year.timezone), _SHARES[kind]
    price = chance.uniform(0.05, 0.6) * 1_000_000
    off, level = _days_off(kind, chance), _levels(chance)
    campaigns = [*_campaigns(kind, chance, zone)]
    surges = _surges(chance)
    year.bursts += [one for one, _ in campaigns]
    for number in range(DAYS * 24):
        hour = BEGIN + HOUR * number
        local = hour.astimezone(zone)
        expected = calls_a_day * level[number // 24] * share(local)
        if local.date() in off:
            expected *= off[local.date()]
        total = _calls(chance, expected * surges.get(number, 1.0), price)
        for burst, calls in campaigns:
            if burst.begin <= hour < burst.end and 8 <= local.hour < 20:
                spent = _calls(chance, calls * calls_a_day, price)
                if spent:
                    year.of_bursts.setdefault(hour, {})[burst.name] = spent
                total += spent
        if total:
            year.spent[hour] = year.spent.get(hour, 0) + total


def _calls(chance: random.Random, expected: float, price: float) -> int:
    """What a number of calls around `expected` cost: some take many times the usual."""
    if expected <= 0:
        return 0
    spread = sqrt(expected)
    count = max(round(chance.gauss(expected, spread)), 0) if expected > 30 else _few(chance, expected)
    if count > 60:
        return round(count * price * exp(0.32) * chance.gauss(1, 0.8 / sqrt(count)))
    return round(sum(price * chance.lognormvariate(0, 0.8) for _ in range(count)))


def _few(chance: random.Random, expected: float) -> int:
    """A Poisson number, by the times between calls."""
    count, at = 0, chance.expovariate(1.0)
    while at < expected:
        count, at = count + 1, at + chance.expovariate(1.0)
    return count


def _levels(chance: random.Random) -> list[float]:
    """By day: in steps, four times a year or so, and now and then a quiet fortnight."""
    level, found = 1.0, []
    for _ in range(DAYS):
        if chance.random() < 4 / 365:
            level *= chance.choice([0.6, 0.75, 1.3, 1.6, 2.2])
        level = min(max(level, 0.25), 5.0)
        found.append(level)
    return found


def _days_off(kind: str, chance: random.Random) -> dict[date, float]:
    """Holidays, some with a day before or after, and a week of vacation or two. A help line is never closed."""
    rest = 0.5 if kind == "help line" else 0.0
    found: dict[date, float] = {}
    for _ in range(14):
        day = (BEGIN + timedelta(days=chance.randrange(DAYS))).date()
        for more in range(chance.choice([1, 1, 2])):
            found[day + timedelta(days=more)] = rest
    for _ in range(2):
        begin = (BEGIN + timedelta(days=chance.randrange(DAYS))).date()
        found |= {begin + timedelta(days=number): max(rest, 0.2) for number in range(7)}
    return found


def _surges(chance: random.Random) -> dict[int, float]:
    """Hours in which many times the usual come in, without a name: an outage, a mention in the news."""
    found: dict[int, float] = {}
    at = 0.0
    while at < DAYS * 24:
        at += chance.expovariate(1 / (24 * 18))
        size = min(1.5 * chance.paretovariate(1.6), 12.0)
        for hour in range(round(min(2 * chance.paretovariate(1.3), 30))):
            found[int(at) + hour] = size
    return found


def _campaigns(kind: str, chance: random.Random, zone: ZoneInfo) -> list[tuple[Burst, float]]:
    """Campaigns, on any day of the week, with the calls of an hour as a share of a usual day's."""
    found: list[tuple[Burst, float]] = []
    at = BEGIN
    a_month = {"collections": 3.0, "shop": 1.0}.get(kind, 0.3)
    while at < BEGIN + timedelta(days=DAYS):
        at += timedelta(days=chance.expovariate(a_month / 30))
        local = at.astimezone(zone).replace(hour=chance.choice([8, 10, 13, 17]), minute=0, second=0)
        begin = local.astimezone(BEGIN.tzinfo).replace(minute=0, second=0, microsecond=0)
        lasts = timedelta(hours=min(round(6 * chance.paretovariate(0.9)), 200))
        name = f"{kind} {len(found)}"
        share = min(0.04 * chance.paretovariate(1.5), 0.5)
        found.append((Burst(name, begin, begin + lasts, share), share))
    return found


def _shop(local: datetime) -> float:
    """Evenings and weekends, more before a month is over."""
    evening = exp(-(((local.hour - 19) / 3.5) ** 2)) + 0.4 * exp(-(((local.hour - 12) / 2) ** 2))
    last_days = (local + timedelta(days=3)).month != local.month
    return evening * (1.5 if local.weekday() >= 4 else 0.9) * (1.8 if last_days else 1.0) / 8


def _help_line(local: datetime) -> float:
    """Around the clock, Mondays most, less in summer."""
    season = 1 - 0.35 * exp(-(((local.timetuple().tm_yday - 205) / 35) ** 2))
    day = 0.25 + exp(-(((local.hour - 10) / 3) ** 2)) + 0.6 * exp(-(((local.hour - 16) / 3) ** 2))
    return day * season * (1.6, 1.1, 1.0, 1.0, 0.9, 0.55, 0.5)[local.weekday()] / 14


def _collections(local: datetime) -> float:
    """Working days, after the two days of pay in a month."""
    if local.weekday() >= 5 or not 9 <= local.hour < 19:
        return 0.0
    since_pay = min((local.day - pay) % 31 for pay in (1, 15))
    return (0.5 + 1.4 * exp(-since_pay / log(30))) / 10


_SHARES: dict[str, Share] = {"shop": _shop, "help line": _help_line, "collections": _collections}
