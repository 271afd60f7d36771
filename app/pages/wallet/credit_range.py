"""A bar of credit against what a campaign may cost, from the least to the most."""

from __future__ import annotations

from dataclasses import dataclass

from app.money import Money

WIDTH = 1000
"""The bar's width: places on it are whole numbers up to this."""


@dataclass(frozen=True, slots=True)
class CreditRange:
    """Where credit, the least and the most cost are on the bar: its whole width is the larger of credit and cost."""

    credit: int
    least: int
    most: int

    @property
    def span(self) -> int:
        """How wide the range is drawn: one cost is still a line that can be seen."""
        return max(self.most - self.least, WIDTH // 100)


def measure(usable: Money, least: Money, most: Money) -> CreditRange | None:
    """The bar for credit and costs of one currency; None where nothing is charged."""
    if most.micro <= 0:
        return None
    whole = max(usable, most).micro
    places = [max(amount.micro, 0) * WIDTH // whole for amount in (usable, least, most)]
    return CreditRange(credit=places[0], least=min(places[1], WIDTH - WIDTH // 100), most=places[2])
