"""A plain model of the metering, in integers and fractions, from the text of the catalogue alone."""

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


def price(plan: str, meter: str, before: int, count: int) -> int:
    """The micro-units of `count` units after `before` others: unit by unit in what tier they lie, rounded once."""
    rate = FILE["plans"][plan]["rates"][meter]
    tiers = [{"rate": rate}] if isinstance(rate, str) else rate.get("tiers", [rate])
    exact, start = Fraction(0), before
    for tier in tiers:
        end = min(before + count, tier.get("up_to", before + count))
        if end > start:
            exact += (end - start) * Fraction(tier["rate"]) * 1_000_000 / FILE["meters"][meter]["per"]
            start = end
    return half_up(exact)


def is_tiered(plan: str, meter: str) -> bool:
    rate = FILE["plans"][plan]["rates"][meter]
    return isinstance(rate, dict) and "tiers" in rate


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
    paid: dict[tuple[date, str], int] = field(default_factory=lambda: defaultdict(int))
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

    def _rate(self, event: Event, count: int) -> None:
        pool = (event.period, POOL.get(event.meter, event.meter))
        own = (event.period, event.meter)
        allowance = FILE["plans"][event.plan]["allowances"].get(pool[1], 0)
        free = min(count, max(allowance - self.gone[pool], 0))
        cost = price(event.plan, event.meter, self.paid[own], count - free)
        self.gone[pool] += free
        self.paid[own] += count - free
        event.billable += count
        event.included += free
        event.amount += cost
        self.posted -= cost

    def _take_off(self, event: Event, count: int) -> None:
        """Off what was paid first, then off what was free: by the same rate, or in proportion where it has tiers."""
        paid = event.billable - event.included
        off = min(count, paid)
        if is_tiered(event.plan, event.meter):
            left = half_up(Fraction(event.amount * (paid - off), paid)) if paid else 0
        else:
            left = price(event.plan, event.meter, 0, paid - off)
        self.paid[event.period, event.meter] -= off
        self.gone[event.period, POOL.get(event.meter, event.meter)] -= count - off
        event.billable -= count
        event.included -= count - off
        self.posted += event.amount - left
        event.amount = left
