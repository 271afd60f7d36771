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
from uuid import UUID

from sqlalchemy import select

from app.billing.limits import Call
from app.billing.limits.check import check as check_limits
from app.billing.wallet import (
    calling_state,
    envelope_moves,
    hold_refusals,
    hold_requests,
    hold_reservations,
    leases,
    ledger,
)
from app.billing.wallet.credit import Credit
from app.billing.wallet.hold_prices import Price, Priced
from app.billing.wallet.hold_refusals import UnknownHoldError
from app.billing.wallet.lots import expiry
from app.extensions import db
from app.ids import uuid7
from app.models import Envelope, Hold, HoldAllowance, HoldState
from app.money import Money


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
        hold_requests.require_same(known, request)
        return known
    price = _price(asked)
    is_inbound, envelope = _is_inbound(asked), envelope_moves.find(wallet, campaign)
    if not envelope_moves.left_of(envelope):
        hold_refusals.refuse_all(wallet, price, is_inbound=is_inbound)
    planned = Call.to(to, campaign=campaign, agent=agent)
    check_limits(wallet, planned, price.amount, at)
    hold_refusals.refuse_short(wallet, price, envelope, is_inbound=is_inbound)
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
    hold_reservations.take_from_envelope(wallet, hold, envelope, price.amount.micro, at)
    hold_reservations.take(wallet, hold, price.amount, price)
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
    hold_requests.require_active(hold)
    request = hold_requests.describe_slice(asked, lease)
    if hold_requests.is_next_slice(hold, slice, request):
        price = _price(asked)
        envelope = envelope_moves.find(wallet, hold.campaign)
        most = envelope_moves.left_of(envelope) + Credit.of(wallet).spendable(inbound=_is_inbound(asked))
        granted = min(price.amount, Money(most, wallet.currency))
        hold.slice = slice
        hold.slice_asked = request
        hold.is_final = granted < price.amount
        hold.amount_micro += granted.micro
        hold_reservations.take_from_envelope(wallet, hold, envelope, granted.micro, at)
        hold_reservations.take(wallet, hold, granted, price)
        hold.expires_at = at + _time_left(hold, price, lease)
        db.session.flush()
        calling_state.rejudge(wallet, at)
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


def _price(asked: Money | Priced) -> Price:
    return Price.of_credit(asked) if isinstance(asked, Money) else asked.price()


def _is_inbound(asked: Money | Priced) -> bool:
    return not isinstance(asked, Money) and asked.is_inbound


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
        hold_reservations.return_to_envelope(wallet, hold, at)
        calling_state.rejudge(wallet, at)
        db.session.flush()
    return hold
