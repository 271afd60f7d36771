"""What each preset amount of a top-up would do: how long credit lasts with it, and whether calling resumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing import forecast
from app.billing.wallet.balance import BalanceView
from app.clock import utc_now
from app.money import Money

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset amount, and available credit `after` it.

    `days` is how many days longer credit lasts with it, `dry_at` until about when; None where the forecast says
    nothing, or credit lasts further than it goes. `missing` is what is still missing to resume calling after it.
    """

    amount: Money
    after: Money
    days: int | None
    dry_at: datetime | None
    missing: Money | None


def gather(balance: BalanceView, amounts: Sequence[Money]) -> tuple[Preset, ...]:
    """The preset amounts with this balance. No statements: the forecast is the stored one."""
    now = utc_now()
    before = _dry_at(balance, balance.available, now)
    return tuple(_preset(balance, amount, before, now) for amount in amounts)


def usual(amounts: Sequence[Money], missing: Money | None) -> Money:
    """The amount that a form begins with: the second preset, or the first from there on that resumes calling; what is
    missing if none does."""
    return next(
        (amount for amount in amounts[1:] if missing is None or amount >= missing), missing or amounts[-1]
    )


def _preset(balance: BalanceView, amount: Money, before: datetime | None, now: datetime) -> Preset:
    after = balance.available + amount
    missing = balance.missing
    if missing is not None and amount < missing:
        return Preset(amount, after, None, None, missing - amount)
    dry_at = _dry_at(balance, after, now)
    longer = (dry_at - (before or now)) / _A_DAY if dry_at else 0
    return Preset(amount, after, round(longer) if longer >= 1 else None, dry_at, None)


def _dry_at(balance: BalanceView, available: Money, now: datetime) -> datetime | None:
    found = forecast.lasts(balance.forecast, available.micro, now, balance.credit)
    return found.dryness.about if found.dryness else None
