"""A plain model of the metering, in integers and fractions, from the text of the catalog alone."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from config import ROOT

FILE = tomllib.loads((ROOT / "catalog.toml").read_text())
POOL = {meter: pool for pool, one in FILE["allowances"].items() for meter in one["meters"]}
LATE = timedelta(days=FILE["usage"]["late_days"])
EARLY = timedelta(minutes=5)


def half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2)) if exact >= 0 else -int(-exact + Fraction(1, 2))


def units(plan: str, meter: str, quantity: int) -> int:
    """What a quantity counts as by the rate's minimum and step."""
    rate = FILE["plans"][plan]["rates"][meter]
    if quantity == 0 or isinstance(rate, str):
        return quantity
    count, step = max(quantity, rate.get("minimum", 0)), rate.get("step", 1)
    while count % step:
        count += 1
    return count


def tiers_of(plan: str, meter: str) -> list[tuple[int | None, Fraction]]:
    """Where each tier ends, and the micro-units of a unit in it."""
    rate = FILE["plans"][plan]["rates"][meter]
    tiers = [{"rate": rate}] if isinstance(rate, str) else rate.get("tiers", [rate])
    per = FILE["meters"][meter]["per"]
    return [(tier.get("up_to"), Fraction(tier["rate"]) * 1_000_000 / per) for tier in tiers]


def price(plan: str, meter: str, counts: list[int]) -> int:
    """The micro-units of what was charged at one rate in a period, so many units in each tier: rounded once."""
    prices = [one for _, one in tiers_of(plan, meter)]
    return half_up(sum((count * one for count, one in zip(counts, prices, strict=True)), Fraction(0)))


@dataclass
class Event:
    """An event as it stands: what it came with, and what it has cost so far."""

    content: tuple[Any, ...]
    meter: str
    plan: str
    period: date
    quantity: int
    billable: int
    included: int
    amount: int
    is_correction: bool = False


@dataclass
class Lease:
    amount: int
    until: datetime
    asked: tuple[int, int]
    slice_asked: tuple[int, int] | None = None
    slice: int = 1
    is_final: bool = False
    used: int = 0
    is_active: bool = True


@dataclass
class Model:
    """One organization. Plans are those that began at a time, the first one for all time before, too."""

    zone: ZoneInfo
    anchor: date
    plans: list[tuple[datetime, str]]
    posted: int = 0
    events: dict[str, Event] = field(default_factory=dict)
    gone: dict[tuple[date, str], int] = field(default_factory=lambda: defaultdict(int))
    charged: dict[tuple[date, str, str], list[int]] = field(default_factory=dict)
    """By period, meter and plan: units in each tier of the plan's rate."""
    leases: dict[str, Lease] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return sum(one.amount for one in self.leases.values() if one.is_active)

    @property
    def available(self) -> int:
        return self.posted - self.held

    def plan_at(self, at: datetime) -> str:
        return ([plan for begins, plan in self.plans if begins <= at] or [self.plans[0][1]])[-1]

    def period_of(self, at: datetime) -> date:
        day = at.astimezone(self.zone).date()
        month = day.replace(day=self.anchor.day)
        return (
            month if month <= day else (month.replace(day=1) - timedelta(days=1)).replace(day=self.anchor.day)
        )

    def use(self, id_: str, content: tuple[Any, ...], meter: str, quantity: int, at: datetime) -> Event:
        """An event that is taken for the first time; it is charged."""
        plan, period = self.plan_at(at), self.period_of(at)
        event = Event(content, meter, plan, period, quantity, 0, 0, 0)
        self._rate(event, units(plan, meter, quantity))
        self.events[id_] = event
        return event

    def correct(self, id_: str, content: tuple[Any, ...], target: Event, quantity: int) -> int:
        """An event turns out to have been of another quantity; the difference in micro-units."""
        before, change = target.amount, units(target.plan, target.meter, quantity) - target.billable
        if change >= 0:
            self._rate(target, change)
        else:
            self._take_off(target, -change)
        target.quantity = quantity
        self.events[id_] = Event(content, target.meter, "", target.period, 0, 0, 0, 0, is_correction=True)
        return target.amount - before

    def expire(self, now: datetime) -> None:
        """Leases that are over have ended."""
        for one in self.leases.values():
            if one.is_active and one.until <= now:
                one.is_active = False

    def draw(self, key: str | None, cost: int) -> None:
        """Usage that names a lease takes from it."""
        one = self.leases.get(key or "")
        if one is not None and one.is_active:
            one.amount -= min(one.amount, cost)
            one.used += cost

    def paid(self, period: date, meter: str) -> int:
        return sum(sum(counts) for (at, of, _), counts in self.charged.items() if (at, of) == (period, meter))

    def _rate(self, event: Event, count: int) -> None:
        pool = (event.period, POOL.get(event.meter, event.meter))
        free = min(count, max(allowance(event.plan, pool[1]) - self.gone[pool], 0))
        counts = self._counts(event.period, event.meter, event.plan)
        start, end = (before := self.paid(event.period, event.meter)), before + count - free
        cost = -price(event.plan, event.meter, counts)
        for tier, (up_to, _) in enumerate(tiers_of(event.plan, event.meter)):
            reach = end if up_to is None else min(end, up_to)
            if reach > start:
                counts[tier] += reach - start
                start = reach
        cost += price(event.plan, event.meter, counts)
        self.gone[pool] += free
        event.billable += count
        event.included += free
        event.amount += cost
        self.posted -= cost

    def _take_off(self, event: Event, count: int) -> None:
        """Off what the meter was charged for, then off the allowance, which covers others then: the dearest first."""
        pool = (event.period, POOL.get(event.meter, event.meter))
        off = min(count, sum(self._counts(event.period, event.meter, event.plan)))
        back = self._uncharge(event.period, event.meter, event.plan, off)
        covered = self.gone[pool]
        self.gone[pool] -= count - off
        others = [
            (meter, plan)
            for (period, meter, plan), counts in self.charged.items()
            if period == event.period and POOL.get(meter, meter) == pool[1] and sum(counts)
        ]
        for meter, plan in sorted(others, key=lambda one: (-self._dearest(event.period, *one), *one)):
            room = max(allowance(plan, pool[1]) - self.gone[pool], 0)
            units = min(room, sum(self._counts(event.period, meter, plan)))
            back += self._uncharge(event.period, meter, plan, units)
            self.gone[pool] += units
        event.billable -= count
        event.included += self.gone[pool] - covered
        event.amount -= back
        self.posted += back

    def _counts(self, period: date, meter: str, plan: str) -> list[int]:
        return self.charged.setdefault((period, meter, plan), [0] * len(tiers_of(plan, meter)))

    def _uncharge(self, period: date, meter: str, plan: str, units: int) -> int:
        counts = self._counts(period, meter, plan)
        before = price(plan, meter, counts)
        for tier in reversed(range(len(counts))):
            off = min(units, counts[tier])
            counts[tier] -= off
            units -= off
        return before - price(plan, meter, counts)

    def _dearest(self, period: date, meter: str, plan: str) -> Fraction:
        """What the last of the charged units cost."""
        counts = self._counts(period, meter, plan)
        return [one for (_, one), count in zip(tiers_of(plan, meter), counts, strict=True) if count][-1]


def allowance(plan: str, pool: str) -> int:
    units: int = FILE["plans"][plan]["allowances"].get(pool, 0)
    return units
