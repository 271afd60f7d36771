"""Whether an organization may start calls: paused without credit, low under its alert, active else."""

from __future__ import annotations

from datetime import datetime

from app.billing.money import MICRO, Money, digits_of
from app.models import CallingState, Wallet


def reassess(wallet: Wallet, at: datetime) -> CallingState:
    """Bring the calling state of a locked wallet in line with its credit; returns the state before.

    Pausing stops new calls; those in progress finish on what they hold.
    """
    before = wallet.state
    after = _state_of(wallet)
    if after is before:
        return before
    wallet.state = after
    wallet.version += 1
    if after is CallingState.PAUSED:
        wallet.paused_at = at
    elif before is CallingState.PAUSED:
        wallet.paused_at = None
    return before


def missing_to_call(wallet: Wallet, *, least: Money) -> Money | None:
    """The smallest top-up that brings calling back; None where calling is possible.

    It is in whole smallest units of the currency, and not below `least`, the smallest that can be made.
    """
    if wallet.available.micro > 0:
        return None
    unit = MICRO // 10 ** digits_of(wallet.currency)
    return max(Money((-wallet.available.micro // unit + 1) * unit, wallet.currency), least)


def _state_of(wallet: Wallet) -> CallingState:
    available = wallet.available.micro
    if available <= 0:
        return CallingState.PAUSED
    if wallet.low_threshold_micro is not None and available < wallet.low_threshold_micro:
        return CallingState.LOW
    return CallingState.ACTIVE
