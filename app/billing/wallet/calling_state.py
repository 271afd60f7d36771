"""Whether an organization may start calls: paused without credit, low under its alert, active else.

**Paused means no new calls, whatever an allowance has left.** A call draws on several meters, of which a plan's
allowances cover some, so what a plan includes is used while the wallet has credit, and doesn't lift a pause. So:

- Calling is paused exactly while available credit, which is posted less held, is not above zero. A status that says
  `may_call: false` and a new hold never exist at the same moment, not even one that would cost nothing.
- Calls in progress go on: pause, not kill. Their renewals are granted as far as credit and allowances reach.
- Holds of calls in progress count. Where they reserve all that there is, no further call can start, so that is a
  pause as well, of another reason; it is over at the moment at which a hold ends and leaves something. Each pause and
  each end of one is told immediately, because the platform waits for the latter: none of them is held back.

**Low is told once a fall.** It is judged by posted credit, which is what is left after all that was really used:
what calls reserve and give back never makes it low, nor recovered. Low is where posted credit is below the alert, and
it stays until posted credit is a tenth of the alert above it, so that a correction of a few cents doesn't tell it
again. While calling is paused, the pause says more: a fall right through the alert is told as low only if the credit
is still below the alert when calls can start again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.billing.platform import messages
from app.billing.wallet import leases
from app.models import CallingState, Wallet
from app.money import Money, smallest_unit

_BAND = 10
"""Recovered is at this part of the alert above it."""


class PauseReason(StrEnum):
    """Why no call can start: there is no credit, or calls in progress have reserved all that there is."""

    NO_CREDIT = "no_credit"
    CREDIT_RESERVED = "credit_reserved"


@dataclass(frozen=True, slots=True)
class Judgment:
    """Of a wallet: its calling state, and whether its credit is low, which is remembered while it is paused, too."""

    state: CallingState
    is_low: bool


def reassess(wallet: Wallet, at: datetime) -> CallingState:
    """Bring a locked wallet in line with its leases and its credit, as of `at`; returns the calling state before.

    Pausing stops new calls; those in progress finish on what they hold. The platform is told of a change.
    """
    leases.settle(wallet, at)
    return rejudge(wallet, at)


def rejudge(wallet: Wallet, at: datetime) -> CallingState:
    """The same for a wallet whose leases are in line already."""
    before = Judgment(wallet.state, wallet.is_low)
    after = judge(wallet.posted_micro, wallet.held_micro, wallet.low_threshold_micro, was_low=wallet.is_low)
    if after == before:
        return before.state
    wallet.state = after.state
    wallet.is_low = after.is_low
    wallet.version += 1
    wallet.paused_at = paused_since(before.state, after.state, wallet.paused_at, at)
    notify_platform(wallet.org_id, before, after, posted=wallet.posted, held=wallet.held, at=at)
    return before.state


def notify_platform(
    org_id: UUID, before: Judgment, after: Judgment, *, posted: Money, held: Money, at: datetime
) -> None:
    """Tell the platform that the judgment of a wallet has changed, in the transaction that changes it."""
    messages.calling_changed(
        org_id,
        before=before.state,
        after=after.state,
        was_low=before.is_low,
        is_low=after.is_low,
        available=posted - held,
        reason=reason_of(posted.micro, held.micro),
        at=at,
    )


def judge(posted: int, held: int, threshold: int | None, *, was_low: bool) -> Judgment:
    """A wallet with so much credit, all in micro-units, whose alert is at `threshold`."""
    is_paused = posted <= held
    if threshold is None:
        is_low = False
    elif was_low:
        is_low = posted < threshold + threshold // _BAND
    else:
        is_low = posted < threshold and not is_paused
    if is_paused:
        return Judgment(CallingState.PAUSED, is_low)
    return Judgment(CallingState.LOW if is_low else CallingState.ACTIVE, is_low)


def reason_of(posted: int, held: int) -> PauseReason | None:
    """Why calling is paused with so much credit, in micro-units; None where it is not."""
    if posted > held:
        return None
    return PauseReason.CREDIT_RESERVED if posted > 0 else PauseReason.NO_CREDIT


def paused_since(
    before: CallingState, after: CallingState, since: datetime | None, at: datetime
) -> datetime | None:
    """Since when calling is paused, once the state may have changed at `at`."""
    if after is not CallingState.PAUSED:
        return None
    return since if before is CallingState.PAUSED else at


def missing_to_call(available: Money, *, least: Money) -> Money | None:
    """The smallest top-up that brings calling back with so much available credit; None where calling is possible.

    It is in whole smallest units of the currency, and not below `least`, the smallest that can be made.
    """
    if available.micro > 0:
        return None
    unit = smallest_unit(available.currency)
    return max(Money((-available.micro // unit + 1) * unit, available.currency), least)
