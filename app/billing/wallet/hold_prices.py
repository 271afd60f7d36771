"""What a hold reserves: credit, and units of allowances, each given out only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.money import Money

PoolKey = tuple[date, str]
"""The first day of a billing period, and the allowance: a pool of meters, or one meter."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Reserved units of an allowance, and the micro-units that they would cost beyond it."""

    units: int
    worth: int


@dataclass(frozen=True, slots=True)
class Price:
    """The price of usage: `included` is covered by allowances, `amount` is for the rest, `full` the price without
    any."""

    amount: Money
    full: Money
    included: dict[PoolKey, Counted]

    @classmethod
    def of_credit(cls, amount: Money) -> Price:
        """This much credit, whatever it is for."""
        return cls(amount, amount, {})


class Priced(Protocol):
    """What a hold can be requested for, other than an amount of credit."""

    @property
    def content(self) -> list[list[Any]]:
        """The request as JSON, in a fixed order."""

    @property
    def is_inbound(self) -> bool:
        """Whether it is for an inbound call: only those may use the reserve."""

    def price(self) -> Price:
        """Its price after the remaining allowances. Only reliable with the wallet locked."""
