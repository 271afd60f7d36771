"""Why a period cost more than another: the difference split into volume, mix, length and rate, exactly.

The cost of calls is calls, times the share of each segment, times units a call, times cost a unit. One factor after
the other goes from the earlier period's value to the later one's, as in the analysis of volume, mix and price
(https://www.double-entry-bookkeeping.com/costing/sales-mix-and-quantity-variances/), with units a call as a factor of
its own:

- volume: more or fewer calls, at the earlier mix, usage a call and cost a unit;
- mix: how calls are shared out to segments, which cost more or less a call. What a segment costs that is new or gone
  is all mix: it has no earlier or later call to compare with;
- length: units a call in each segment, at the earlier cost a unit. A meter that is new in a segment is all length;
- rate: what a unit cost, which also changes with what the allowance covered.

Usage that isn't of calls, as rent and text messages, has volume and rate alone. Everything is computed as exact
fractions, and rounded to micro-units once so that the parts add up to the difference: of what rounding down leaves
over, those get one that were nearest to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Part(StrEnum):
    """The parts of a difference, in display order."""

    VOLUME = "volume"
    MIX = "mix"
    LENGTH = "length"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one meter: units, and their cost in micro-units."""

    units: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a period's usage: its calls, what was used by them of each meter, and what was used besides."""

    calls: int = 0
    of_calls: Mapping[str, Used] = field(default_factory=dict)
    others: Mapping[str, Used] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """What it cost in micro-units."""
        return self.cost_of_calls + sum(used.cost for used in self.others.values())

    @property
    def cost_of_calls(self) -> int:
        return sum(used.cost for used in self.of_calls.values())


_NOTHING, _UNUSED = Segment(), Used()
Cell = tuple[str, Part]


def split(before: Mapping[str, Segment], after: Mapping[str, Segment]) -> dict[Cell, int]:
    """The difference between two periods by segment and part, in micro-units; those that are zero are left out.

    All of them add up to what `after` cost more than `before`.
    """
    calls = sum(one.calls for one in before.values()), sum(one.calls for one in after.values())
    cells: dict[Cell, Fraction] = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name, _NOTHING), after.get(name, _NOTHING)
        for part, change in [*_of_calls(old, new, *calls), *_of_others(old, new)]:
            cells[name, part] = cells.get((name, part), Fraction()) + change
    difference = sum(one.cost for one in after.values()) - sum(one.cost for one in before.values())
    return {cell: change for cell, change in _rounded(cells, difference).items() if change}


def add_up(cells: Mapping[Cell, int]) -> dict[Part, int]:
    """The sum of each part."""
    return {part: sum(change for (_, of), change in cells.items() if of is part) for part in Part}


def _of_calls(old: Segment, new: Segment, calls: int, calls_now: int) -> Iterable[tuple[Part, Fraction]]:
    if not old.calls and not new.calls:
        # Reported without calls, so there is no usage a call.
        yield from _of_units(old.of_calls, new.of_calls)
    elif not calls:
        yield Part.VOLUME, Fraction(new.cost_of_calls - old.cost_of_calls)
    elif not old.calls:
        # What was used before without calls is gone, and what is used now has nothing to be compared with.
        yield Part.VOLUME, Fraction(old.cost_of_calls * (calls_now - calls), calls)
        yield Part.MIX, new.cost_of_calls - Fraction(old.cost_of_calls * calls_now, calls)
    else:
        growth, own_growth = Fraction(calls_now, calls), Fraction(new.calls, old.calls)
        yield Part.VOLUME, old.cost_of_calls * (growth - 1)
        yield Part.MIX, old.cost_of_calls * (own_growth - growth)
        for was, now in _meters(old.of_calls, new.of_calls):
            rate = _rate(was, now)
            yield Part.LENGTH, (now.units - was.units * own_growth) * rate
            yield Part.RATE, now.cost - now.units * rate - (was.cost - was.units * rate) * own_growth


def _of_others(old: Segment, new: Segment) -> Iterable[tuple[Part, Fraction]]:
    return _of_units(old.others, new.others)


def _of_units(old: Mapping[str, Used], new: Mapping[str, Used]) -> Iterable[tuple[Part, Fraction]]:
    for was, now in _meters(old, new):
        rate = _rate(was, now)
        yield Part.VOLUME, (now.units - was.units) * rate
        yield Part.RATE, now.cost - now.units * rate - (was.cost - was.units * rate)


def _meters(old: Mapping[str, Used], new: Mapping[str, Used]) -> Iterable[tuple[Used, Used]]:
    return [(old.get(meter, _UNUSED), new.get(meter, _UNUSED)) for meter in sorted({*old, *new})]


def _rate(was: Used, now: Used) -> Fraction:
    """Micro-units a unit at first; where nothing was used then, as it is now."""
    known = was if was.units else now
    return Fraction(known.cost, known.units) if known.units else Fraction()


def _rounded(cells: Mapping[Cell, Fraction], whole: int) -> dict[Cell, int]:
    """Whole numbers that add up to `whole`, which is the sum of the fractions."""
    found = {cell: change.numerator // change.denominator for cell, change in cells.items()}
    nearest = sorted(cells, key=lambda cell: (found[cell] - cells[cell], cell))
    for cell in nearest[: whole - sum(found.values())]:
        found[cell] += 1
    return found
