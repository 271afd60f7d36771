"""What usage costs: the allowance of the period first, then the plan's rate."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.catalog import Plan
from app.billing.money import Money, half_up


@dataclass(frozen=True, slots=True)
class Charge:
    """A rated line: `included` units were covered by the allowance, the rest costs `amount`."""

    included: int
    amount: Money


def rate(plan: Plan, meter: str, quantity: int, *, used: int, currency: str) -> Charge:
    """Rate `quantity` units of `meter`, of whose allowance `used` units are gone already.

    The rate is exact; rounding to whole micro-units happens once, here, half up.
    """
    left = max(plan.allowances.get(meter, 0) - used, 0)
    included = min(quantity, left)
    return Charge(included, Money(half_up((quantity - included) * plan.rates[meter]), currency))
