"""Holds: credit reserved before it is spent, so that calls at the same time can't spend the same credit."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing import calling, ledger
from app.billing.money import Money
from app.extensions import db
from app.models import Hold, HoldState, Wallet
from app.models.columns import uuid7


class HoldError(Exception):
    """A hold can't be made or ended as asked."""


class NotEnoughCreditError(HoldError):
    """Available credit doesn't cover the hold; `available` says what there is."""

    def __init__(self, available: Money) -> None:
        super().__init__("Available credit doesn't cover this. Top up the wallet to go on.")
        self.available = available


class UnknownHoldError(HoldError):
    """No hold has this key."""


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
    made = db.session.execute(fresh.on_conflict_do_nothing().returning(Hold.id)).scalar()
    if made is None:
        return _find(org_id, key)
    taken = db.session.execute(
        update(Wallet)
        .where(Wallet.org_id == org_id, Wallet.currency == amount.currency)
        .where(Wallet.posted_micro - Wallet.held_micro >= amount.micro)
        .values(held_micro=Wallet.held_micro + amount.micro, version=Wallet.version + 1)
        .returning(Wallet.org_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if taken is None:
        db.session.delete(_find(org_id, key))
        db.session.flush()
        raise NotEnoughCreditError(ledger.lock(org_id).available)
    calling.reassess(ledger.lock(org_id), at)
    return _find(org_id, key)


def release(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """Give a hold's credit back. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.RELEASED, at)


def capture(org_id: UUID, key: str, *, at: datetime) -> Hold:
    """End a hold because its usage was charged. Ending it again changes nothing. Raises `UnknownHoldError`."""
    return _end(org_id, key, HoldState.CAPTURED, at)


def _end(org_id: UUID, key: str, state: HoldState, at: datetime) -> Hold:
    wallet = ledger.lock(org_id)
    hold = _find(org_id, key)
    if hold.state is HoldState.ACTIVE:
        hold.state = state
        hold.ended_at = at
        wallet.held_micro -= hold.amount_micro
        wallet.version += 1
        calling.reassess(wallet, at)
        db.session.flush()
    return hold


def _find(org_id: UUID, key: str) -> Hold:
    query = select(Hold).where(Hold.org_id == org_id, Hold.key == key)
    found = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if found is None:
        raise UnknownHoldError(f"There is no hold with the key {key!r}.")
    return found
