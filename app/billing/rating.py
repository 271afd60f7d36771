"""What usage costs: the allowance of the period first, then the plan's rate."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from app.billing.catalog import Plan, Rate
from app.billing.money import Money, half_up, half_up_ratio


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
    """Rate `quantity` units of `meter`, of whose allowance `used` units are gone already.

    `charged` units of the meter were paid for in the period before: they say in which tier this line begins. The
    rate is exact; rounding to whole micro-units happens once, here, half up.
    """
    billable = billable_units(plan.rates[meter], quantity)
    return charge(plan, meter, billable, used=used, charged=charged, currency=currency)


def charge(plan: Plan, meter: str, billable: int, *, used: int, charged: int = 0, currency: str) -> Charge:
    """Charge units that are counted already: `rate` does that first."""
    included = min(billable, max(plan.allowance_of(meter) - used, 0))
    cost = cost_of(plan.rates[meter], billable - included, charged)
    return Charge(billable, included, Money(cost, currency))


def billable_units(own: Rate, quantity: int) -> int:
    """What `quantity` units count as: the rate's minimum at least, in whole steps. Nothing counts as nothing."""
    if quantity == 0:
        return 0
    units = max(quantity, own.minimum)
    return -(-units // own.step) * own.step


def cost_of(own: Rate, units: int, before: int = 0) -> int:
    """The micro-units that `units` cost after `before` others of the period: the one place that rounds."""
    if len(own.tiers) == 1:
        return half_up_ratio(units * own.first.numerator, own.first.denominator)
    exact = Fraction(0)
    start, end = before, before + units
    for tier in own.tiers:
        reach = end if tier.up_to is None else min(end, tier.up_to)
        if reach > start:
            exact += (reach - start) * tier.rate
            start = reach
    return half_up(exact)
