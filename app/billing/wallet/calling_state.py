"""Whether an organization may start calls: paused without credit, low under its alert, otherwise active.

**Paused means no new calls, whatever an allowance has left.** A call uses several meters, and a plan's allowances
only cover some of them. So allowances are used while the wallet has credit, but don't lift a pause:

- Calling is paused exactly while available credit (posted minus held) is not above zero. A status that says
  `may_call: false` and a new hold never exist at the same moment, not even one that would cost nothing.
- Calls in progress continue. Their renewals are granted as far as credit and allowances suffice.
- Holds of calls in progress count. If they reserve all credit, no further call can start, so that is a pause as well,
with another reason; it ends as soon as a hold ends and leaves something. Each pause and resume is sent immediately,
because the platform waits for it: none is debounced.

****Low is sent once per drop.** It is judged by posted credit, which is what is left after actual usage: reserving
and releasing credit never makes it low, or recovered. Credit is low while posted credit is below the alert, until it
is a tenth of the alert above it, so that a correction of a few cents doesn't send it again. While calling is paused,
the pause says more: a drop straight through the alert is only sent as low if the credit is still below the alert when
calls can start again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.billing.platform import messages
from app.billing.wallet import leases, watches
from app.billing.wallet.lots import expiry
from app.models import CallingState, Wallet
from app.money import Money, smallest_unit

_BAND = 10
"""Credit has recovered when it is above the alert by this fraction of it."""


class PauseReason(StrEnum):
    """Why no call can start: there is no credit, or calls in progress have reserved all that there is."""

    NO_CREDIT = "no_credit"
    CREDIT_RESERVED = "credit_reserved"


@dataclass(frozen=True, slots=True)
class Judgment:
    """A wallet's calling state, and whether its credit is low, which is also tracked while it is paused."""

    state: CallingState
    is_low: bool


def reassess(wallet: Wallet, at: datetime) -> CallingState:
    """Settle a locked wallet's expired leases and credit, and update its calling state, as of `at`; returns the
    previous state.

    Pausing stops new calls; those in progress can use what they hold. The platform is notified of a change, and what
    watches the credit begins.
    """
    leases.settle(wallet, at)
    expiry.settle(wallet, at)
    return rejudge(wallet, at)


def rejudge(wallet: Wallet, at: datetime) -> CallingState:
    """The same for a wallet whose expired leases and credit are already settled."""
    watches.look(wallet, at)
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
    """Notify the platform that the judgment of a wallet changed, in the same transaction."""
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
    """Judge a wallet with this much credit, in micro-units, whose alert is at `threshold`."""
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
    """Why calling is paused with this much credit, in micro-units; None if it is not."""
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
    """The smallest top-up that resumes calling with this much available credit; None if calling is possible.

    It is in whole smallest units of the currency, and at least `least`, the smallest possible top-up.
    """
    if available.micro > 0:
        return None
    unit = smallest_unit(available.currency)
    return max(Money((-available.micro // unit + 1) * unit, available.currency), least)
