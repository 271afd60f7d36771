"""Quantities in the units that people read."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import catalog


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a meter was used, in the units that people read."""

    meter: str
    amount: int
    unit: str


def quantity_of(meter: str, units: int) -> Quantity:
    """A meter's units in those that people read: 3,600 seconds are 60 minutes, a begun one counting as one."""
    shelf = catalog.current().meter(meter)
    return Quantity(meter, -(-units // shelf.shown_per), shelf.shown_as)
