"""Rates as text: on the plan comparison, and next to charges."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.catalog.model import Meter, Rate, Tier
from app.billing.catalog.quantities import Quantity, Units
from app.money import Money, half_up

_DAYS_OF_A_MONTH = 30
"""A price per 30 days is shown as a monthly price."""


@dataclass(frozen=True, slots=True)
class RateLabel:
    """The price of one step of a meter: `amount` per `per`, which is in English; `per_many` is it as a quantity, if
    it is of several.

    `later` are the prices of further tiers, each with the quantity from which it applies; `least` is the minimum of
    an event, and `step` its rounding, if they matter.
    """

    meter: str
    label: str
    amount: Money
    per: str
    per_many: Quantity | None
    later: tuple[tuple[Money, Quantity], ...]
    least: Units | None
    step: Units | None


def describe(key: str, meter: Meter, rate: Rate, currency: str) -> RateLabel:
    """Describe a meter's rate in a plan."""

    def price(tier: Tier) -> Money:
        return Money(half_up(tier.rate * meter.per), currency)

    starts = [tier.up_to or 0 for tier in rate.tiers]
    return RateLabel(
        meter=key,
        label=meter.label,
        amount=price(rate.tiers[0]),
        per=_step(meter),
        per_many=None if _is_of_one(meter) else Quantity(key, meter.per // meter.shown_per, meter.shown_as),
        later=tuple(
            (price(tier), Quantity(key, -(-start // meter.shown_per), meter.shown_as))
            for tier, start in zip(rate.tiers[1:], starts, strict=False)
        ),
        least=Units(rate.minimum, meter.unit) if rate.minimum else None,
        step=Units(rate.step, meter.unit) if rate.step > 1 else None,
    )


def _step(meter: Meter) -> str:
    """`min`, `text message`, `1M tokens`, `number per month`: what the shown price of a meter is for."""
    shown = meter.per // meter.shown_per
    if _is_monthly(meter):
        return f"{meter.unit.removesuffix('-day')} per month"
    if shown <= 1:
        return meter.shown_as.removesuffix("s")
    if shown % 1_000_000 == 0:
        return f"{shown // 1_000_000}M {meter.shown_as}"
    return f"{shown:,} {meter.shown_as}"


def _is_of_one(meter: Meter) -> bool:
    return _is_monthly(meter) or meter.per // meter.shown_per <= 1


def _is_monthly(meter: Meter) -> bool:
    return meter.unit.endswith("-day") and meter.per == _DAYS_OF_A_MONTH
