"""The simulator's own arithmetic, from a price list alone, so that a mistake in the service's can't hide in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

PriceList = Mapping[str, "Price"]


@dataclass(frozen=True, slots=True)
class Price:
    """What a meter costs: `rate` in micro-units a unit, exact; an event counts as `minimum` units at least, in whole
    steps of `step`."""

    rate: Fraction
    minimum: int = 0
    step: int = 1

    def units(self, quantity: int) -> int:
        """What a quantity counts as."""
        if quantity == 0:
            return 0
        least = max(quantity, self.minimum)
        return least + -least % self.step

    def cost(self, units: int) -> int:
        """Micro-units for so many units, rounded half up."""
        return int((2 * units * self.rate + 1) // 2)


def possible_costs(price: Price, pieces: Sequence[int], included: int) -> set[int]:
    """What the pieces can cost in micro-units, where `included` of all their units were free.

    Each piece is rounded by itself. Which pieces were free depends on the order in which they arrived, which only
    the service knows; so there is one answer where nothing or all of it was free, and few where some was.
    """
    free = {0: {0}}
    rest = sum(pieces)
    for piece in pieces:
        rest -= piece
        reached: dict[int, set[int]] = {}
        for before, costs in free.items():
            for own in range(max(included - before - rest, 0), min(piece, included - before) + 1):
                cost = price.cost(piece - own)
                reached.setdefault(before + own, set()).update(cost + one for one in costs)
        free = reached
    return free.get(included, set())
