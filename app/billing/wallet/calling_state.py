"""Whether an organization may start calls: paused without credit, low under its alert, otherwise active.

**Paused means no new calls, whatever an allowance has left.** A call uses several meters, and a plan's allowances
only cover some of them. So allowances are used while the wallet has credit, but don't lift a pause:

- Calling is paused exactly while available credit (posted minus held) is not above zero. A status that says
  `may_call: false` and a new hold never exist at the same moment, not even one that would cost nothing.
- Calls in progress continue. Their renewals are granted as far as credit and allowances suffice.
- Holds of calls in progress count. If they reserve all credit, no further call can start, so that is a pause as well,
with another reason; it ends as soon as a hold ends and leaves something. Each pause and resume is sent immediately,
because the platform waits for it: none is debounced.
- What is set aside for campaigns isn't available, so it doesn't lift a pause. It's there for its own campaign: calls
of that one start while its envelope has credit, whatever the state (`app.billing.wallet.envelope_moves`).
- Outbound calls are paused by themselves while available credit is at the reserve or below. Calling isn't: inbound
calls start until there is no credit.

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

from app.billing import audit
from app.billing.audit import Actor
from app.billing.platform import messages
from app.billing.wallet import envelope_moves, leases, watches, withdrawals
from app.billing.wallet.credit import Credit
from app.billing.wallet.lots import expiry
from app.extensions import enqueue
from app.models import CallingState, Wallet
from app.money import Money, smallest_unit

_BAND = 10
"""Credit has recovered when it is above the alert by this fraction of it."""


class PauseReason(StrEnum):
    """Why no call can start: there is no credit, calls in progress have reserved all that there is, or what they
    haven't reserved is set aside for campaigns."""

    NO_CREDIT = "no_credit"
    CREDIT_RESERVED = "credit_reserved"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Judgment:
    """A wallet's calling state, whether its credit is low, which is also tracked while it is paused, and whether
    outbound calls are paused at the reserve."""

    state: CallingState
    is_low: bool
    is_outbound_paused: bool = False


def reassess(wallet: Wallet, at: datetime) -> CallingState:
    """Settle a locked wallet and update its calling state, as of `at`; returns the previous state.

    Pausing stops new calls; those in progress can use what they hold. The platform is notified of a change, and what
    watches the credit begins.
    """
    settle(wallet, at)
    return rejudge(wallet, at)


def reassess_withdrawn(wallet: Wallet, at: datetime, actor: Actor) -> CallingState:
    """As `reassess`, for a locked wallet that credit was just taken out of by `actor`, rather than used.

    Envelopes that it no longer covers are cut (`app.billing.wallet.withdrawals`).
    """
    settle(wallet, at)
    withdrawals.cut(wallet, actor=actor, at=at)
    return rejudge(wallet, at)


def settle(wallet: Wallet, at: datetime) -> None:
    """End the leases, envelopes and lots of a locked wallet that are over at `at`. One statement where only leases
    can be."""
    leases.settle(wallet, at)
    envelope_moves.lapse(wallet, at)
    posted = wallet.posted_micro
    expiry.settle(wallet, at)
    if wallet.posted_micro < posted:
        withdrawals.cut(wallet, actor=audit.WALLET, at=at)


def rejudge(wallet: Wallet, at: datetime) -> CallingState:
    """As `reassess`, for a wallet that is already settled."""
    watches.look(wallet, at)
    before = Judgment(wallet.state, wallet.is_low, wallet.is_outbound_paused)
    credit = Credit.of(wallet)
    after = judge(credit, wallet.low_threshold_micro, was_low=wallet.is_low)
    if after == before:
        return before.state
    wallet.state = after.state
    wallet.is_low = after.is_low
    wallet.is_outbound_paused = after.is_outbound_paused
    wallet.version += 1
    wallet.paused_at = paused_since(before.state, after.state, wallet.paused_at, at)
    notify_platform(wallet.org_id, before, after, credit, currency=wallet.currency, at=at)
    return before.state


def notify_platform(
    org_id: UUID, before: Judgment, after: Judgment, credit: Credit, *, currency: str, at: datetime
) -> None:
    """Notify the platform that the judgment of a wallet changed, in the same transaction, and let people be told."""
    available = Money(credit.available, currency)
    messages.calling_changed(
        org_id,
        before=before.state,
        after=after.state,
        was_low=before.is_low,
        is_low=after.is_low,
        available=available,
        reason=reason_of(credit),
        at=at,
    )
    if before.is_outbound_paused != after.is_outbound_paused:
        reserve = Money(credit.reserve, currency)
        messages.outbound_changed(
            org_id, is_paused=after.is_outbound_paused, available=available, reserve=reserve, at=at
        )
    if before.is_low != after.is_low or after.state is CallingState.PAUSED:
        enqueue("judge_alerts", org_id=str(org_id))


def judge(credit: Credit, threshold: int | None, *, was_low: bool) -> Judgment:
    """Judge a wallet with this much credit, whose alert is at `threshold` micro-units."""
    posted, is_paused, is_outbound_paused = credit.posted, credit.available <= 0, credit.is_at_reserve
    if threshold is None:
        is_low = False
    elif was_low:
        is_low = posted < threshold + threshold // _BAND
    else:
        is_low = posted < threshold and not is_paused
    if is_paused:
        return Judgment(CallingState.PAUSED, is_low, is_outbound_paused)
    return Judgment(CallingState.LOW if is_low else CallingState.ACTIVE, is_low, is_outbound_paused)


def reason_of(credit: Credit) -> PauseReason | None:
    """Why calling is paused with this much credit; None if it is not.

    What calls hold of an envelope comes back to the envelope, so waiting for them leaves nothing for others.
    """
    if credit.available > 0:
        return None
    if credit.posted <= 0:
        return PauseReason.NO_CREDIT
    of_envelopes = credit.set_aside + credit.set_aside_held
    return PauseReason.CREDIT_RESERVED if credit.posted > of_envelopes else PauseReason.SET_ASIDE


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
