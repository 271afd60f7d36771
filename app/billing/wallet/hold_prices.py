"""What a hold takes: credit, and units of allowances, each of which is given out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.money import Money

PoolKey = tuple[date, str]
"""The first day of a billing period, and the allowance: a pool of meters, or one meter."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of an allowance that are counted on, and the micro-units that they would cost beyond it."""

    units: int
    worth: int


@dataclass(frozen=True, slots=True)
class Price:
    """What usage costs: `included` is left of allowances, `amount` is for the rest, `full` would be without any."""

    amount: Money
    full: Money
    included: dict[PoolKey, Counted]

    @classmethod
    def of_credit(cls, amount: Money) -> Price:
        """So much credit, whatever it is for."""
        return cls(amount, amount, {})


class Priced(Protocol):
    """What a hold can be asked for with, other than an amount of credit."""

    @property
    def content(self) -> list[list[Any]]:
        """What is wanted, as JSON, in an order of its own."""

    def price(self) -> Price:
        """What it costs after what is left of the allowances. Only with the wallet locked, or else it is a guess."""
