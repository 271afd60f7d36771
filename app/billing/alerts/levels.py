"""The levels of credit that people can be told about, and how far apart reaching one and recovering from it are.

A level has a key that says what it is: another amount is another level. The first one is the low-balance alert: its
amount is the wallet's own threshold, so that calling states, `wallet.low` and what people are told never differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing import catalog
from app.billing.wallet import ledger
from app.models import AlertLevel, AlertLevelKind, Wallet
from app.money import Money

LOW, PAUSED = "low", "paused"
RECOVERED, DIGEST = "recovered", "digest"
"""What else a channel can be told about: that credit has recovered from a level, and each week's figures."""

HOURS = (4, 6, 12, 24, 72)
"""The forecasts that are offered: credit may run out within so many hours."""
FURTHEST = 1_000_000
"""The largest amount of a level, in units of the currency."""
MOST_AMOUNTS = 3
"""The most amounts besides the low-balance alert."""

_BAND = 10
"""An amount has recovered when credit is above it by this fraction of it, as for the low-balance alert."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level as it is: `amount` of the low-balance alert is None where it is off. `times` is how often it was
    reached, and `raised_at` since when it is now."""

    key: str
    kind: AlertLevelKind
    amount: Money | None = None
    hours: int | None = None
    raised_at: datetime | None = None
    times: int = 0

    @property
    def severity(self) -> tuple[int, int]:
        """Of two levels, the one with more is closer to a pause."""
        if self.kind is AlertLevelKind.PAUSED:
            return 2, 0
        if self.kind is AlertLevelKind.FORECAST:
            return 0, -(self.hours or 0)
        return 1, -(self.amount.micro if self.amount else ledger.FURTHEST)


def of_row(row: AlertLevel, wallet: Wallet) -> Level:
    """A stored level of a wallet."""
    amount = wallet.low_threshold if row.kind is AlertLevelKind.LOW else None
    if row.amount_micro is not None:
        amount = Money(row.amount_micro, wallet.currency)
    return Level(row.key, row.kind, amount, row.hours, row.raised_at, row.times)


def key_of_amount(amount: Money) -> str:
    """The key of a level below an amount."""
    return f"under:{amount.micro}"


def key_of_hours(hours: int) -> str:
    """The key of a forecast."""
    return f"hours:{hours}"


def recovers_at(amount: Money) -> Money:
    """The available credit at which an amount has recovered: at least a tenth of the smallest top-up above it."""
    least = catalog.current().top_up.minimum.micro
    return Money(amount.micro + max(amount.micro, least) // _BAND, amount.currency)


def is_short(hours: int, dry_at: datetime | None, now: datetime, *, was_short: bool) -> bool:
    """Whether credit that is expected to run out at `dry_at` (None: not foreseeably) lasts less than so many hours.

    A forecast moves with each call, so it has recovered only with half as much time again.
    """
    if dry_at is None:
        return False
    left = timedelta(hours=hours)
    return dry_at - now < (left * 3 / 2 if was_short else left)
