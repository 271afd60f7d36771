"""Holds: credit reserved before it is spent, so that calls at the same time can't spend the same credit.

A hold is a lease in slices. The platform reserves the next minutes of a call, reports what they used, which takes
from the hold (`app.billing.hold_usage`), and renews while the call goes on. Without a word it expires: what was
reported stays charged, and the rest is free again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Executable, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing import calling, ledger
from app.billing.money import Money
from app.extensions import db
from app.models import Hold, HoldState, Wallet
from app.models.columns import uuid7


class HoldError(Exception):
    """A hold can't be made, renewed or ended as asked."""


class NotEnoughCreditError(HoldError):
    """Available credit doesn't cover the hold; `available` says what there is."""

    def __init__(self, available: Money) -> None:
        super().__init__("Available credit doesn't cover this. Top up the wallet to go on.")
        self.available = available


class UnknownHoldError(HoldError):
    """No hold has this key."""


class HoldEndedError(HoldError):
    """The hold has ended and can't be renewed: reserve anew, with a key of its own."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(f"The hold {hold.key!r} is {hold.state.value}. Reserve anew, with another key.")
        self.hold = hold


class WrongSliceError(HoldError):
    """A renewal names a slice that does not come next; `expected` is the one that does."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"The next slice of this hold is {expected}.")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Renewal:
    """A hold after a renewal. `time_left` is how long it lasts at the pace of the slice that was asked for."""

    hold: Hold
    time_left: timedelta


def reserve(
    org_id: UUID,
    key: str,
    amount: Money,
    *,
    at: datetime,
    lease: timedelta,
    call: str | None = None,
    agent: str | None = None,
    campaign: str | None = None,
) -> Hold:
    """Reserve `amount` for `lease`. The same `key` again returns the hold that is there.

    One conditional UPDATE takes the credit, so two holds can never take the same. Raises `NotEnoughCreditError`.
    """
    fresh = insert(Hold).values(
        org_id=org_id,
        id=uuid7(),
        key=key,
        amount_micro=amount.micro,
        state=HoldState.ACTIVE,
        call=call,
        agent=agent,
        campaign=campaign,
        created_at=at,
        expires_at=at + lease,
    )
    hold = db.session.scalars(fresh.on_conflict_do_nothing().returning(Hold)).one_or_none()
    if hold is None:
        return find(org_id, key)
    taken = _take(org_id, amount)
    if taken is None and expire(org_id, at=at):
        taken = _take(org_id, amount)
    if taken is None:
        db.session.delete(hold)
        db.session.flush()
        raise NotEnoughCreditError(ledger.lock(org_id).available)
    if calling.state_of(taken.available, taken.low_threshold_micro) is not taken.state:
        calling.reassess(ledger.lock(org_id), at)
    return hold


def renew(org_id: UUID, key: str, amount: Money, *, slice: int, at: datetime, lease: timedelta) -> Renewal:
    """Reserve `amount` more for the slice that comes next, which lasts for `lease` from `at` on.

    Where credit doesn't reach for all of it, the rest of it is reserved and the hold is final: it says how long that
    lasts, so that the call can be ended politely. The same `slice` again changes nothing. Raises
    `UnknownHoldError`, `HoldEndedError`, `WrongSliceError`.
    """
    wallet = ledger.lock(org_id)
    hold = find(org_id, key)
    if hold.state is not HoldState.ACTIVE:
        raise HoldEndedError(hold)
    if slice == hold.slice + 1 and not hold.is_final:
        if wallet.available < amount and expire(org_id, at=at, but=key):
            wallet = ledger.lock(org_id)
        granted = min(amount, max(wallet.available, Money.zero(wallet.currency)))
        hold.slice = slice
        hold.is_final = granted < amount
        hold.amount_micro += granted.micro
        wallet.held_micro += granted.micro
        wallet.version += 1
        hold.expires_at = at + _lasts(hold.amount_micro, amount, lease)
        db.session.flush()
        calling.reassess(wallet, at)
    elif slice != hold.slice and not hold.is_final:
        raise WrongSliceError(hold.slice + 1)
    return Renewal(hold, max(hold.expires_at - at, timedelta()))


def release(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """Give a hold's credit back. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.RELEASED, at)


def capture(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """End a hold because its usage was charged. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.CAPTURED, at)


def expire(org_id: UUID, *, at: datetime, but: str = "") -> int:
    """End the organization's holds whose lease is over, except the one named `but`; how many there were."""
    wallet = ledger.lock(org_id)
    over = (
        update(Hold)
        .where(Hold.org_id == org_id, Hold.state == HoldState.ACTIVE, Hold.expires_at <= at, Hold.key != but)
        .values(state=HoldState.EXPIRED, ended_at=at)
        .returning(Hold.amount_micro)
        .execution_options(synchronize_session=False)
    )
    freed = db.session.scalars(over).all()
    if freed:
        wallet.held_micro -= sum(freed)
        wallet.version += 1
        calling.reassess(wallet, at)
        db.session.flush()
    return len(freed)


def due(at: datetime) -> list[UUID]:
    """The organizations that have holds whose lease is over."""
    query = select(Hold.org_id).where(Hold.state == HoldState.ACTIVE, Hold.expires_at <= at).distinct()
    return list(db.session.scalars(query))


def find(org_id: UUID, key: str) -> Hold:
    """The organization's hold of this key, as it is now. Raises `UnknownHoldError`."""
    query = select(Hold).where(Hold.org_id == org_id, Hold.key == key)
    found = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if found is None:
        raise UnknownHoldError(f"There is no hold with the key {key!r}.")
    return found


def _take(org_id: UUID, amount: Money) -> Any:
    """Take credit from what is available, if that is enough: what the wallet has then, or None."""
    values = {"wallet_of": org_id, "wanted": amount.micro, "of_currency": amount.currency}
    return db.session.execute(_taking(), values).one_or_none()


@cache
def _taking() -> Executable:
    """Built once: it is done for each call."""
    wanted = bindparam("wanted", type_=BigInteger)
    held = Wallet.held_micro + wanted
    return (
        update(Wallet)
        .where(Wallet.org_id == bindparam("wallet_of"), Wallet.currency == bindparam("of_currency"))
        .where(Wallet.posted_micro - Wallet.held_micro >= wanted)
        .values(held_micro=held, version=Wallet.version + 1)
        .returning(
            (Wallet.posted_micro - Wallet.held_micro).label("available"),
            Wallet.low_threshold_micro,
            Wallet.state,
        )
        .execution_options(synchronize_session=False)
    )


def _lasts(reserved: int, slice_amount: Money, lease: timedelta) -> timedelta:
    """How long so much credit lasts, at the pace at which `slice_amount` lasts for `lease`; not longer than that."""
    if slice_amount.micro <= 0:
        return lease
    return min(lease, timedelta(seconds=int(lease.total_seconds()) * reserved // slice_amount.micro))


def _end(org_id: UUID, key: str, state: HoldState, at: datetime) -> Hold:
    wallet = ledger.lock(org_id)
    hold = find(org_id, key)
    if hold.state is HoldState.ACTIVE:
        hold.state = state
        hold.ended_at = at
        wallet.held_micro -= hold.amount_micro
        wallet.version += 1
        calling.reassess(wallet, at)
        db.session.flush()
    return hold
