"""The parts of a wallet's credit: what is posted, held by calls in progress, set aside for campaigns, and available.

Envelopes, holds and available credit are always exactly what is posted. The reserve is a floor within available
credit, not a part of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class WithCredit(Protocol):
    """A wallet, whether or not it is of a session. Amounts are micro-units."""

    @property
    def currency(self) -> str: ...
    @property
    def posted_micro(self) -> int: ...
    @property
    def held_micro(self) -> int: ...
    @property
    def set_aside_micro(self) -> int: ...
    @property
    def set_aside_held_micro(self) -> int: ...
    @property
    def reserve_micro(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Credit:
    """A wallet's credit in micro-units.

    `set_aside` is what envelopes have that no call holds, `set_aside_held` the part of `held` that is from envelopes,
    and `reserve` the floor of available credit that only inbound calls may spend.
    """

    posted: int
    held: int = 0
    set_aside: int = 0
    set_aside_held: int = 0
    reserve: int = 0

    @classmethod
    def of(cls, wallet: WithCredit) -> Credit:
        """That of a wallet as it is now."""
        return cls(
            wallet.posted_micro,
            wallet.held_micro,
            wallet.set_aside_micro,
            wallet.set_aside_held_micro,
            wallet.reserve_micro,
        )

    @property
    def available(self) -> int:
        """What is neither held nor set aside; negative where more was used than there was."""
        return self.posted - self.held - self.set_aside

    @property
    def is_at_reserve(self) -> bool:
        """Whether available credit is at the reserve or below, so that only inbound calls may spend it."""
        return self.reserve > 0 and self.available <= self.reserve

    def spendable(self, *, inbound: bool) -> int:
        """What of available credit such a call may reserve: without the reserve, unless it is inbound."""
        return max(self.available - (0 if inbound else self.reserve), 0)
