"""What usage costs: the allowance of the period first, then the plan's rate.

A *line* is what an organization used of one meter in one billing period beyond the allowance, at one rate: that of a
plan in one version of the catalog. Its cost is its units times the rate, rounded once, half up: `line_cost`. An event
costs what it adds to its line, so a hundred events of one token cost the same as one event of a hundred. Each event
is within one micro-unit of its units times the rate, and all events of a line add up to exactly the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from app.billing.catalog.model import Plan, Rate
from app.money import Money, half_up, half_up_ratio


class Charge(msgspec.Struct, frozen=True):
    """A rated line: of `billable` units `included` were covered by the allowance, the rest costs `amount`."""

    billable: int
    included: int
    amount: Money

    @property
    def charged(self) -> int:
        """The units that were paid for."""
        return self.billable - self.included


def rate(plan: Plan, meter: str, quantity: int, *, used: int, charged: int = 0, currency: str) -> Charge:
    """Rate `quantity` units of `meter`, when `used` units of its allowance are used up.

    `charged` units of the meter were charged earlier in the period: they decide in which tier this line begins. The
    rate is exact; rounding to whole micro-units happens once, here, half up.
    """
    billable = billable_units(plan.rates[meter], quantity)
    return charge(plan, meter, billable, used=used, charged=charged, currency=currency)


def charge(plan: Plan, meter: str, billable: int, *, used: int, charged: int = 0, currency: str) -> Charge:
    """Charge units to which the minimum and step were already applied; `rate` does that first."""
    included = min(billable, max(plan.allowance_of(meter) - used, 0))
    cost = cost_of(plan.rates[meter], billable - included, charged)
    return Charge(billable, included, Money(cost, currency))


def billable_units(own: Rate, quantity: int) -> int:
    """The billable units of a quantity: at least the rate's minimum, in whole steps. Zero stays zero."""
    if quantity == 0:
        return 0
    units = max(quantity, own.minimum)
    return -(-units // own.step) * own.step


def cost_of(own: Rate, units: int, before: int = 0) -> int:
    """The micro-units that `units` cost after `before` others of the period, as a line of their own."""
    return line_cost(own, by_tier(own, units, before))


def line_cost(own: Rate, units: Sequence[int]) -> int:
    """The micro-units that a line costs, with these units in each tier: the only place that rounds."""
    if len(own.tiers) == 1:
        return half_up_ratio(units[0] * own.first.numerator, own.first.denominator)
    return half_up(
        sum((count * tier.rate for count, tier in zip(units, own.tiers, strict=True)), Fraction(0))
    )


def by_tier(own: Rate, units: int, before: int) -> list[int]:
    """How many of `units`, after `before` others in the period, fall into each tier."""
    if len(own.tiers) == 1:
        return [units]
    found = []
    start, end = before, before + units
    for tier in own.tiers:
        reach = end if tier.up_to is None else min(end, tier.up_to)
        found.append(max(reach - start, 0))
        start = max(start, reach)
    return found
