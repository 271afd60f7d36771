"""Quantities in the units that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.billing.catalog import meters


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a meter was used, in the units that people read.

    `days` is for what is counted by the day: on how many days, where each had as much as the others.
    """

    meter: str
    amount: int
    unit: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """How much of a meter was used, to the unit. Below zero for what a correction takes off; `days` as of a
    `Quantity`."""

    count: int
    unit: str
    days: int | None = None


def added_up(used: Mapping[str, tuple[int, int | None]]) -> tuple[Quantity, ...]:
    """Units by meter, and on how many days, as people read them; those of one kind together: minutes in and
    out are minutes."""
    kinds: dict[tuple[str, int], list[str]] = {}
    for key in sorted(used):
        meter = meters.get_meter(key)
        kinds.setdefault((meter.shown_as, meter.shown_per), []).append(key)
    return tuple(
        quantity_of(
            keys[0],
            sum(used[key][0] for key in keys),
            days=used[keys[0]][1] if len(keys) == 1 else None,
        )
        for keys in kinds.values()
    )


def quantity_of(meter: str, units: int, *, days: int | None = None) -> Quantity:
    """A meter's units in those that people read: 3,600 seconds are 60 minutes, a begun one counting as one."""
    shown = meters.get_meter(meter)
    return Quantity(meter, -(-units // shown.shown_per), shown.shown_as, days)


def same_each_day(units: Sequence[int]) -> int | None:
    """On how many days as much was used as on each of the others; None where they differ, or for no day."""
    return len(units) if len(set(units)) == 1 else None
