"""How much discounts take off, each from what the ones before it have left, in the order in which they are listed.

A percentage is rounded line by line, half a unit up; an amount is spread over the lines in proportion to what they
cost. An amount never takes off more than there is (https://docs.stripe.com/api/coupons/create: "an invoice with a
subtotal of 100 USD will have a final total of 0 USD if a coupon with an amount_off of 20000 is applied"). That each
is taken off what those before it left, and how a cent is rounded or spread: unverified.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """Something that discounts are taken off: a line, or the whole period of an item."""

    amount: int
    product: str | None
    currency: str


def take_off(parts: list[Part], coupons: list[dict[str, Any]]) -> list[list[int]]:
    """For each coupon what it takes off each part, in the currency's smallest unit."""
    left = [max(part.amount, 0) for part in parts]
    taken: list[list[int]] = []
    for coupon in coupons:
        base = [amount if _applies(coupon, part) else 0 for amount, part in zip(left, parts, strict=True)]
        if coupon["percent_off"] is not None:
            rate = Fraction(str(coupon["percent_off"])) / 100
            now = [rounded(amount * rate) for amount in base]
        else:
            now = spread(min(coupon["amount_off"], sum(base)), base)
        left = [amount - off for amount, off in zip(left, now, strict=True)]
        taken.append(now)
    return taken


def rounded(amount: Fraction) -> int:
    """To a whole unit, half of one away from zero."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return whole if amount >= 0 else -whole


def spread(total: int, weights: list[int]) -> list[int]:
    """An amount in proportion to weights, to the unit: what is left over goes where most was cut off."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    made = [int(one) for one in exact]
    by_rest = sorted(range(len(made)), key=lambda at: (made[at] - exact[at], at))
    for at in by_rest[: total - sum(made)]:
        made[at] += 1
    return made


def _applies(coupon: dict[str, Any], part: Part) -> bool:
    """Only to the products that a coupon names, and an amount only in its own currency."""
    products = (coupon["applies_to"] or {}).get("products")
    is_its = not products or part.product in products
    return is_its and (coupon["percent_off"] is not None or coupon["currency"] == part.currency)
