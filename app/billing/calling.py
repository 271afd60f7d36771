"""Whether an organization may start calls: paused without credit, low under its alert, active else."""

from __future__ import annotations

from datetime import datetime

from app.billing import announcements
from app.billing.money import MICRO, Money, digits_of
from app.models import CallingState, Wallet


def reassess(wallet: Wallet, at: datetime) -> CallingState:
    """Bring the calling state of a locked wallet in line with its credit; returns the state before.

    Pausing stops new calls; those in progress finish on what they hold. The platform is told of a change.
    """
    before = wallet.state
    after = state_of(wallet.available.micro, wallet.low_threshold_micro)
    if after is before:
        return before
    wallet.state = after
    wallet.version += 1
    wallet.paused_at = paused_since(before, after, wallet.paused_at, at)
    announcements.calling_changed(
        wallet.org_id, before=before, after=after, available=wallet.available, at=at
    )
    return before


def paused_since(
    before: CallingState, after: CallingState, since: datetime | None, at: datetime
) -> datetime | None:
    """Since when calling is paused, once the state has changed at `at`."""
    if after is CallingState.PAUSED:
        return at
    return None if before is CallingState.PAUSED else since


def missing_to_call(available: Money, *, least: Money) -> Money | None:
    """The smallest top-up that brings calling back with so much available credit; None where calling is possible.

    It is in whole smallest units of the currency, and not below `least`, the smallest that can be made.
    """
    if available.micro > 0:
        return None
    unit = MICRO // 10 ** digits_of(available.currency)
    return max(Money((-available.micro // unit + 1) * unit, available.currency), least)


def state_of(available: int, threshold: int | None) -> CallingState:
    """The state of a wallet with so much available credit and such an alert, both in micro-units."""
    if available <= 0:
        return CallingState.PAUSED
    if threshold is not None and available < threshold:
        return CallingState.LOW
    return CallingState.ACTIVE
