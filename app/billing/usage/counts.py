"""What a billing period has used: of an allowance, and of a meter beyond it, by rate."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.billing.catalog import Plan, Rate, rating, versions

MOST_COUNTED = 10**17
"""More units of a meter than any period has: far within the range of the columns that sum them."""


class TooMuchError(ValueError):
    """A cost or quantity is larger than can be stored."""


@dataclass(slots=True)
class ChargedLine:
    """The units of a meter that were charged at one rate in a period, by tier, and their cost (see `rating`)."""

    plan: Plan
    rate: Rate
    units: list[int]
    cost: int = 0

    @property
    def total(self) -> int:
        return sum(self.units)

    def cost_of_more(self, units: int, before: int) -> int:
        """The cost of additional units, after `before` others in the period."""
        if len(self.units) == 1:
            return rating.line_cost(self.rate, (self.units[0] + units,)) - self.cost
        more = rating.by_tier(self.rate, units, before)
        return rating.line_cost(self.rate, [a + b for a, b in zip(self.units, more, strict=True)]) - self.cost

    def add(self, units: int, before: int, cost: int) -> None:
        """Add units whose cost was calculated by `cost_of_more`."""
        for tier, more in enumerate(rating.by_tier(self.rate, units, before)):
            self.units[tier] += more
        self.cost += cost

    def take_off(self, units: int) -> int:
        """Remove units, from the last tier on; returns what they had cost, in micro-units."""
        before = self.cost
        for tier in reversed(range(len(self.units))):
            off = min(units, self.units[tier])
            self.units[tier] -= off
            units -= off
        self.cost = rating.line_cost(self.rate, self.units)
        return before - self.cost


@dataclass(slots=True)
class Counted:
    """The counts of an allowance or meter in a period: included units, and charged units."""

    meter: str = ""
    used: int = 0
    charged: int = 0
    lines: dict[str, ChargedLine] = field(default_factory=dict)
    is_read: bool = False
    is_changed: bool = False

    def line_of(self, plan: Plan) -> ChargedLine:
        """The line of this meter at a plan's rate. Only meters have lines."""
        key = f"{plan.version}/{plan.key}"
        line = self.lines.get(key)
        if line is None:
            rate = plan.rates[self.meter]
            line = self.lines[key] = ChargedLine(plan, rate, [0] * len(rate.tiers))
        return line

    def fill(self, used: int, charged: int, lines: dict[str, list[int]]) -> None:
        """Restore the stored counts."""
        self.used, self.charged = used, charged
        for key, units in lines.items():
            known = self.lines.get(key)
            if known is None:
                version, _, plan = key.partition("/")
                known = self.line_of(versions.find(version).plan(plan))
            known.units = units
            known.cost = rating.line_cost(known.rate, units)
        # Charges from before lines existed get the rate of the first one.
        missing = charged - sum(line.total for line in self.lines.values())
        if missing > 0 and self.lines:
            first = next(iter(self.lines.values()))
            first.units = [
                a + b for a, b in zip(first.units, rating.by_tier(first.rate, missing, 0), strict=True)
            ]
            first.cost = rating.line_cost(first.rate, first.units)

    @property
    def written(self) -> dict[str, list[int]]:
        """Its lines, for storage."""
        return {key: line.units for key, line in self.lines.items() if any(line.units)}
