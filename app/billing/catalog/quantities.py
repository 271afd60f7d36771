"""Quantities in the units that people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.billing.catalog import meters


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a meter was used, in the units that people read."""

    meter: str
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Units:
    """How much of a meter was used, to the unit. Below zero for what a correction takes back."""

    count: int
    unit: str


def added_up(units: Mapping[str, int]) -> tuple[Quantity, ...]:
    """Units by meter as people read them, those of one kind together: minutes in and out are minutes."""
    kinds: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, count in sorted(units.items()):
        meter = meters.named(key)
        kinds.setdefault((meter.shown_as, meter.shown_per), []).append((key, count))
    return tuple(quantity_of(found[0][0], sum(count for _, count in found)) for found in kinds.values())


def quantity_of(meter: str, units: int) -> Quantity:
    """A meter's units in those that people read: 3,600 seconds are 60 minutes, a begun one counting as one."""
    shown = meters.named(meter)
    return Quantity(meter, -(-units // shown.shown_per), shown.shown_as)
