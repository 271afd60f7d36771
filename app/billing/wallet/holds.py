"""Holds: credit reserved before it is spent, so that calls at the same time can't spend the same credit.

A hold is a lease in slices. The platform reserves the next minutes of a call, reports what they used, which is drawn
from the hold (`app.billing.usage.hold_draws`), and renews while the call lasts. Without a renewal it ends with its
lease: what was reported stays charged, and the rest is released (`app.billing.wallet.leases`).

The rest of an allowance is given out only once, like credit: a hold reserves its units. When new holds are possible
is decided in `app.billing.wallet.calling_state`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.billing.limits import Call
from app.billing.limits.check import check as check_limits
from app.billing.wallet import calling_state, envelope_moves, hold_requests, leases, ledger
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit
from app.billing.wallet.envelope_moves import OpenEnvelope
from app.billing.wallet.hold_prices import Price, Priced
from app.billing.wallet.lots import expiry
from app.extensions import db
from app.ids import uuid7
from app.models import Envelope, Hold, HoldAllowance, HoldState, Wallet
from app.money import Money


class HoldError(Exception):
    """A hold can't be created, renewed, or ended as requested."""


class CallingPausedError(HoldError):
    """Calling is paused, so no new call may start, whatever it would cost; `available` is the available credit."""

    def __init__(self, available: Money, needed: Money, reason: PauseReason) -> None:
        super().__init__(
            "Calling is paused: no new call can start, whatever is left of the plan's allowances."
        )
        self.available = available
        self.needed = needed
        self.reason = reason


class NotEnoughCreditError(HoldError):
    """Available credit doesn't cover the hold; `needed` is what the hold would reserve."""

    def __init__(self, available: Money, needed: Money) -> None:
        super().__init__("Available credit doesn't cover this hold. Top up the wallet to continue.")
        self.available = available
        self.needed = needed


class ReserveKeptError(HoldError):
    """What the hold needs is kept for number rent and inbound calls.

    `available` is what it could have reserved, `needed` what it would reserve, and `reserve` the floor.
    """

    def __init__(self, available: Money, needed: Money, reserve: Money) -> None:
        super().__init__(
            "The remaining credit is the owners' reserve for number rent and inbound calls. Outbound calls can "
            "start after a top-up."
        )
        self.available = available
        self.needed = needed
        self.reserve = reserve


class UnknownHoldError(HoldError):
    """No hold has this key."""


class HoldEndedError(HoldError):
    """The hold has ended and reserves nothing: create a new one with a new key."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(f"The hold {hold.key!r} is {hold.state.value}. Create a new hold with a new key.")
        self.hold = hold


class OtherContentError(HoldError):
    """The hold, or the slice, was already accepted with different content; `differs` names the fields."""

    def __init__(self, what: str, differs: list[str]) -> None:
        super().__init__(f"{what} was already accepted with different content: {', '.join(differs)}.")
        self.differs = differs


class WrongSliceError(HoldError):
    """A renewal has an unexpected slice number; `expected` is the next one."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"The next slice of this hold is {expected}.")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewed hold. `time_left` is how long it lasts at the requested rate of use."""

    hold: Hold
    time_left: timedelta


def reserve(
    org_id: UUID,
    key: str,
    asked: Money | Priced,
    *,
    at: datetime,
    lease: timedelta,
    call: str | None = None,
    agent: str | None = None,
    campaign: str | None = None,
    to: str | None = None,
) -> Hold:
    """Reserve credit, or the price of usage, for `lease`. Repeating the same request returns the existing hold.

    `to` is the number called, in E.164 with `+`, or a country's two letters. A campaign's call takes from its
    envelope first. Locks the wallet, so that two holds can never reserve the same credit. Raises
    `CallingPausedError`, `ReserveKeptError` and `NotEnoughCreditError`, `LimitReachedError` and
    `DestinationClosedError`, and `HoldEndedError` and `OtherContentError` for a key that was used before.
    """
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, at)
    request = hold_requests.describe_hold(asked, lease, call=call, agent=agent, campaign=campaign, to=to)
    known = _known(org_id, key)
    if known is not None:
        return _same(known, request)
    price = _price(asked)
    is_inbound, envelope = _is_inbound(asked), envelope_moves.find(wallet, campaign)
    if not _left(envelope):
        _refuse_all(wallet, price, is_inbound=is_inbound)
    planned = Call.to(to, campaign=campaign, agent=agent)
    check_limits(wallet, planned, price.amount, at)
    _refuse_short(wallet, price, envelope, is_inbound=is_inbound)
    hold = Hold(
        org_id=org_id,
        id=uuid7(),
        key=key,
        amount_micro=price.amount.micro,
        used_micro=0,
        slice=1,
        is_final=False,
        state=HoldState.ACTIVE,
        call=call,
        agent=agent,
        campaign=campaign,
        destination=planned.destination.key if planned.destination else None,
        destination_class=planned.destination.class_key if planned.destination else None,
        set_aside_micro=0,
        is_inbound=is_inbound,
        asked=request,
        created_at=at,
        expires_at=at + lease,
    )
    db.session.add(hold)
    _take_from_envelope(wallet, hold, envelope, price.amount.micro, at)
    _take(wallet, hold, price.amount, price)
    calling_state.rejudge(wallet, at)
    return hold


def renew(
    org_id: UUID, key: str, asked: Money | Priced, *, slice: int, at: datetime, lease: timedelta
) -> Renewal:
    """Reserve the next slice, which lasts for `lease` from `at` on. Also works while calling is paused.

    If there isn't enough credit for all of it, the remaining credit is reserved and the hold is final: it says how
    long that lasts, so that the call can be ended politely. Repeating the request changes nothing. Raises
    `UnknownHoldError`, `HoldEndedError`, `OtherContentError`, `WrongSliceError`.
    """
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, at)
    hold = find(org_id, key)
    if hold.state is not HoldState.ACTIVE:
        raise HoldEndedError(hold)
    request = hold_requests.describe_slice(asked, lease)
    if slice == hold.slice + 1 and not hold.is_final:
        price = _price(asked)
        envelope = envelope_moves.find(wallet, hold.campaign)
        most = _left(envelope) + Credit.of(wallet).spendable(inbound=_is_inbound(asked))
        granted = min(price.amount, Money(most, wallet.currency))
        hold.slice = slice
        hold.slice_asked = request
        hold.is_final = granted < price.amount
        hold.amount_micro += granted.micro
        _take_from_envelope(wallet, hold, envelope, granted.micro, at)
        _take(wallet, hold, granted, price)
        hold.expires_at = at + _time_left(hold, price, lease)
        db.session.flush()
        calling_state.rejudge(wallet, at)
    elif slice == hold.slice:
        differs = hold_requests.differences(hold.slice_asked, request)
        if differs:
            raise OtherContentError(f"Slice {slice} of the hold {hold.key!r}", differs)
    elif not hold.is_final:
        raise WrongSliceError(hold.slice + 1)
    return Renewal(hold, max(hold.expires_at - at, timedelta()))


def release(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """Release a hold's credit. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.RELEASED, at)


def capture(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """End a hold because its usage was charged. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.CAPTURED, at)


def expire(org_id: UUID, *, at: datetime) -> None:
    """End the organization's expired holds and envelopes, take out its expired credit, and notify the platform of any
    change of calling state."""
    calling_state.reassess(ledger.lock(org_id), at)


def find_expired(at: datetime) -> list[UUID]:
    """List the organizations with expired holds or envelopes that are not yet marked as ended, or expired credit."""
    over = select(Hold.org_id).where(Hold.state == HoldState.ACTIVE, Hold.expires_at <= at)
    ended = select(Envelope.org_id).where(Envelope.ended_at.is_(None), Envelope.ends_at <= at)
    return sorted({*db.session.scalars(over.union(ended)), *expiry.find_due(at)})


def find(org_id: UUID, key: str) -> Hold:
    """Get the organization's hold with this key, as stored now. Raises `UnknownHoldError`."""
    found = _known(org_id, key)
    if found is None:
        raise UnknownHoldError(f"There is no hold with the key {key!r}.")
    return found


def _known(org_id: UUID, key: str) -> Hold | None:
    query = select(Hold).where(Hold.org_id == org_id, Hold.key == key)
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def _same(hold: Hold, request: dict[str, Any]) -> Hold:
    if hold.state is not HoldState.ACTIVE:
        raise HoldEndedError(hold)
    differs = hold_requests.differences(hold.asked, request)
    if differs:
        raise OtherContentError(f"The hold {hold.key!r}", differs)
    return hold


def _price(asked: Money | Priced) -> Price:
    return Price.of_credit(asked) if isinstance(asked, Money) else asked.price()


def _is_inbound(asked: Money | Priced) -> bool:
    return not isinstance(asked, Money) and asked.is_inbound


def _left(envelope: OpenEnvelope | None) -> int:
    return max(envelope.left, 0) if envelope is not None else 0


def _refuse_all(wallet: Wallet, price: Price, *, is_inbound: bool) -> None:
    """Raise the error for a call without an envelope that has credit, if none may start, whatever it costs."""
    credit = Credit.of(wallet)
    reason = calling_state.reason_of(credit)
    if reason is not None:
        raise CallingPausedError(wallet.available, price.amount, reason)
    if credit.is_at_reserve and not is_inbound:
        raise ReserveKeptError(Money.zero(wallet.currency), price.amount, wallet.reserve)


def _refuse_short(wallet: Wallet, price: Price, envelope: OpenEnvelope | None, *, is_inbound: bool) -> None:
    """Raise the error for a hold that costs more than there is for it."""
    credit, left = Credit.of(wallet), _left(envelope)
    spendable = left + credit.spendable(inbound=is_inbound)
    if price.amount.micro <= spendable:
        return
    if price.amount.micro <= left + credit.spendable(inbound=True):
        raise ReserveKeptError(Money(spendable, wallet.currency), price.amount, wallet.reserve)
    raise NotEnoughCreditError(Money(spendable, wallet.currency), price.amount)


def _take_from_envelope(
    wallet: Wallet, hold: Hold, envelope: OpenEnvelope | None, credit: int, at: datetime
) -> None:
    """Let what a hold has reserved be of its campaign's envelope, as far as that goes."""
    taken = min(_left(envelope), credit)
    if envelope is None or not taken:
        return
    if hold.envelope_id not in {None, envelope.id} and hold.set_aside_micro:
        # It began with an envelope that has ended: what it holds of that one is available credit's by now.
        _return_to_envelope(wallet, hold, at)
        hold.set_aside_micro = 0
    hold.envelope_id = envelope.id
    hold.set_aside_micro += taken
    envelope_moves.move(wallet, envelope.id, held=taken, at=at)


def _return_to_envelope(wallet: Wallet, hold: Hold, at: datetime) -> None:
    if hold.envelope_id is not None and hold.set_aside_micro:
        envelope_moves.move(wallet, hold.envelope_id, held=-hold.set_aside_micro, at=at)


def _take(wallet: Wallet, hold: Hold, credit: Money, price: Price) -> None:
    """Reserve credit and included units of the locked wallet for a hold."""
    wallet.held_micro += credit.micro
    wallet.version += 1
    db.session.flush()
    if not price.included:
        return
    rows = [
        {
            "org_id": hold.org_id,
            "period_start": period,
            "meter": meter,
            "hold_id": hold.id,
            "reserved": counted.units,
            "worth_micro": counted.worth,
        }
        for (period, meter), counted in price.included.items()
    ]
    fresh = insert(HoldAllowance).values(rows)
    added = {
        name: getattr(HoldAllowance, name) + fresh.excluded[name] for name in ("reserved", "worth_micro")
    }
    key = ["org_id", "period_start", "meter", "hold_id"]
    db.session.execute(fresh.on_conflict_do_update(index_elements=key, set_=added))


def _time_left(hold: Hold, price: Price, lease: timedelta) -> timedelta:
    """How long a hold lasts at the requested rate of use; at most `lease`."""
    if not hold.is_final or price.full.micro <= 0:
        return lease
    worth = select(HoldAllowance.worth_micro).where(
        HoldAllowance.org_id == hold.org_id, HoldAllowance.hold_id == hold.id
    )
    reserved = hold.amount_micro + sum(db.session.scalars(worth))
    return min(lease, timedelta(seconds=int(lease.total_seconds()) * reserved // price.full.micro))


def _end(org_id: UUID, key: str, state: HoldState, at: datetime) -> Hold:
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, at)
    hold = find(org_id, key)
    if hold.state is HoldState.ACTIVE:
        hold.state = state
        hold.ended_at = at
        wallet.held_micro -= hold.amount_micro
        wallet.version += 1
        leases.release_allowances(hold)
        _return_to_envelope(wallet, hold, at)
        calling_state.rejudge(wallet, at)
        db.session.flush()
    return hold
