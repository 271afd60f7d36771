"""The model: integers only, added up from what was acknowledged. It says what each balance and each hold must be."""

from __future__ import annotations

import threading
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from torture.load.operations import Event

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """A meter of the free plan: `numerator` / `denominator` micro-units a unit, of which `included` are free each
    month; an event counts as `minimum` units at least, in whole steps of `step`."""

    numerator: int
    denominator: int
    included: int = 0
    minimum: int = 0
    step: int = 1

    def units(self, quantity: int) -> int:
        """What an event of this quantity counts as."""
        if quantity == 0:
            return 0
        return -(-max(quantity, self.minimum) // self.step) * self.step

    def cost(self, units: int) -> int:
        """Micro-units for the units of a month, rounded half up once."""
        charged = max(0, units - self.included)
        return (2 * charged * self.numerator + self.denominator) // (2 * self.denominator)


def read_prices(catalog: Path) -> dict[str, Price]:
    """The prices of Starter by meter, as the catalog has them."""
    found = tomllib.loads(catalog.read_text())
    plan, included = found["plans"]["starter"], dict[str, int]()
    for name, units in plan["allowances"].items():
        for meter in found.get("allowances", {}).get(name, {"meters": [name]})["meters"]:
            included[meter] = units
    return {
        meter: _price(rate, found["meters"][meter]["per"], included.get(meter, 0))
        for meter, rate in plan["rates"].items()
    }


def _price(rate: str | Mapping[str, Any], per: int, included: int) -> Price:
    table: Mapping[str, Any] = {"rate": rate} if isinstance(rate, str) else rate
    numerator, denominator = (Decimal(table["rate"]) * MICRO).as_integer_ratio()
    return Price(numerator, denominator * per, included, table.get("minimum", 0), table.get("step", 1))


@dataclass(slots=True)
class Model:
    """What was acknowledged, of each organization by its place. Of an event the quantity that its newest correction
    gives; of a hold the last state that an answer gave."""

    prices: Mapping[str, Price]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _events: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    _calls: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _quantities: dict[str, int] = field(default_factory=dict)
    holds: dict[tuple[int, str], str] = field(default_factory=dict)

    def charged(self, event: Event, month: str) -> bool:
        """An event was acknowledged; whether it is new. A line sends its corrections one after the other, so the last
        one is the newest."""
        with self._lock:
            is_new = event.id not in self._events
            if is_new:
                self._events[event.id] = (event.place, event.meter, month)
                self._calls[event.call].add(event.corrects or event.id)
                self._quantities[event.corrects or event.id] = event.quantity
            return is_new

    def answered(self, place: int, key: str, state: str) -> None:
        """A hold was said to be in this state, or `refused`."""
        with self._lock:
            self.holds[place, key] = state

    def state(self, place: int, key: str) -> str | None:
        with self._lock:
            return self.holds.get((place, key))

    def cost(self, place: int) -> int:
        """What the usage of an organization costs, in micro-units."""
        units: dict[tuple[str, str], int] = defaultdict(int)
        with self._lock:
            for id_, quantity in self._quantities.items():
                whose, meter, month = self._events[id_]
                if whose == place:
                    units[meter, month] += self.prices[meter].units(quantity)
        return sum(self.prices[meter].cost(total) for (meter, _), total in units.items())

    def of_call(self, call: str) -> dict[str, int]:
        """The quantities of a call by meter, as they are right."""
        with self._lock:
            found: dict[str, int] = defaultdict(int)
            for id_ in self._calls[call]:
                found[self._events[id_][1]] += self._quantities[id_]
            return dict(found)

    def counts(self, org_ids: Sequence[str]) -> dict[tuple[str, str, str], tuple[int, int]]:
        """By organization, call and meter: the quantity as it is right, and the number of events."""
        found: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
        with self._lock:
            for call, ids in self._calls.items():
                for id_ in ids:
                    place, meter, _ = self._events[id_]
                    units, events = found[org_ids[place], call, meter]
                    found[org_ids[place], call, meter] = units + self._quantities[id_], events + 1
        return dict(found)

    @property
    def events(self) -> int:
        """How many were acknowledged, corrections included."""
        with self._lock:
            return len(self._events)
