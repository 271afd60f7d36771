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
from app.billing.wallet import calling_state, hold_requests, leases, ledger
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.hold_prices import Price, Priced
from app.billing.wallet.lots import expiry
from app.extensions import db
from app.ids import uuid7
from app.models import Hold, HoldAllowance, HoldState, Wallet
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

    `to` is the number called, in E.164 with `+`, or a country's two letters. Locks the wallet, so that two holds can
    never reserve the same credit. Raises `CallingPausedError` and `NotEnoughCreditError`, `LimitReachedError` and
    `DestinationClosedError`, and `HoldEndedError` and `OtherContentError` for a key that was used before.
    """
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, at)
    request = hold_requests.describe_hold(asked, lease, call=call, agent=agent, campaign=campaign, to=to)
    known = _known(org_id, key)
    if known is not None:
        return _same(known, request)
    price = _price(asked)
    reason = calling_state.reason_of(wallet.posted_micro, wallet.held_micro)
    if reason is not None:
        raise CallingPausedError(wallet.available, price.amount, reason)
    planned = Call.to(to, campaign=campaign, agent=agent)
    check_limits(wallet, planned, price.amount, at)
    if wallet.available < price.amount:
        raise NotEnoughCreditError(wallet.available, price.amount)
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
        asked=request,
        created_at=at,
        expires_at=at + lease,
    )
    db.session.add(hold)
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
        granted = min(price.amount, max(wallet.available, Money.zero(wallet.currency)))
        hold.slice = slice
        hold.slice_asked = request
        hold.is_final = granted < price.amount
        hold.amount_micro += granted.micro
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
    """End the organization's expired holds, take out its expired credit, and notify the platform of any change of
    calling state."""
    calling_state.reassess(ledger.lock(org_id), at)


def find_expired(at: datetime) -> list[UUID]:
    """List the organizations with expired holds that are not yet marked as ended, or expired credit."""
    query = select(Hold.org_id).where(Hold.state == HoldState.ACTIVE, Hold.expires_at <= at).distinct()
    return sorted({*db.session.scalars(query), *expiry.find_due(at)})


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
        calling_state.rejudge(wallet, at)
        db.session.flush()
    return hold
