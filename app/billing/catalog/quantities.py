"""Quantities in display units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.billing.catalog import meters


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a meter was used, in display units.

    `days` is for meters counted daily: on how many days, if each had the same amount.
    """

    meter: str
    amount: int
    unit: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """How much of a meter was used, exactly. Negative for a correction that reduces it; `days` as of a `Quantity`."""

    count: int
    unit: str
    days: int | None = None


def added_up(used: Mapping[str, tuple[int, int | None]]) -> tuple[Quantity, ...]:
    """Add up units by meter and their number of days, in display units; the same unit is added up across meters."""
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
    """Convert a meter's units to display units: 3,600 seconds are 60 minutes, rounded up."""
    shown = meters.get_meter(meter)
    return Quantity(meter, -(-units // shown.shown_per), shown.shown_as, days)


def same_each_day(units: Sequence[int]) -> int | None:
    """The number of days if the same amount was used on each; None if they differ, or there are none."""
    return len(units) if len(set(units)) == 1 else None
