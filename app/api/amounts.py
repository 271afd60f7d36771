"""Money on the API: an exact decimal as text, with its currency. Never a number: parsers would round it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from app.money import MICRO, Money

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217, upper case.")]


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exact amount of money: `12.345600` with all six decimals of the ledger, and its currency."""

    amount: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$",
            description="In units of the currency, as a string: a number would lose digits.",
            examples=["12.345600"],
        ),
    ]
    currency: Annotated[Currency, msgspec.Meta(examples=["USD"])]

    @classmethod
    def of(cls, money: Money) -> Amount:
        return cls(money.exact, money.currency)

    @property
    def money(self) -> Money:
        """The domain's `Money`, exact to the micro-unit."""
        # A pattern's `$` lets a last line break through.
        whole, _, part = self.amount.strip().removeprefix("-").partition(".")
        micro = int(whole) * MICRO + int(part.ljust(6, "0") or 0)
        return Money(-micro if self.amount.startswith("-") else micro, self.currency)
