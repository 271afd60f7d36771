"""Expired leases: a hold ends exactly when its lease does, no matter who notices, and how late.

Nothing happens automatically at that moment, so any code that has a wallet locked and relies on its held credit
updates it first: `app.billing.wallet.calling_state.reassess` does, and so does a batch of usage. Code that only reads
checks `are_over` in the same statement, and lets `app.billing.wallet.holds.expire` record it. The sweep records the
rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists

from app.database.arrays import array
from app.extensions import db, driver_connection
from app.models import Hold, HoldAllowance, HoldState, Wallet

_END = """
WITH ended AS (
    UPDATE hold SET state = 'expired', ended_at = expires_at
    WHERE org_id = ANY(%s::uuid[]) AND state = 'active' AND expires_at <= %s
    RETURNING org_id, id, amount_micro),
given_back AS (
    DELETE FROM hold_allowance USING ended
    WHERE hold_allowance.org_id = ended.org_id AND hold_allowance.hold_id = ended.id)
SELECT org_id, sum(amount_micro)::bigint FROM ended GROUP BY org_id"""


class Leased(Protocol):
    """A locked wallet of a batch."""

    org_id: UUID
    held: int


W = TypeVar("W", bound=Leased)


def are_over(at: Any) -> ColumnElement[bool]:
    """In a statement with `Wallet`: whether it still holds credit of leases that have expired at `at`."""
    over = (Hold.org_id == Wallet.org_id) & (Hold.state == HoldState.ACTIVE) & (Hold.expires_at <= at)
    return exists().where(over).correlate(Wallet)


def settle(wallet: Wallet, at: datetime) -> None:
    """End the holds of a locked wallet whose lease has expired at `at`. One statement.

    The credit and allowances that they reserved are released. `calling_state.reassess` also updates the calling
    state.
    """
    db.session.flush()
    for freed in _end([wallet.org_id], at).values():
        wallet.held_micro -= freed
        wallet.version += 1


def settle_many(wallets: Iterable[W], at: datetime) -> list[W]:
    """The same for many locked wallets, in one statement. Returns those that have changed and have to be saved."""
    by_id = {wallet.org_id: wallet for wallet in wallets}
    ended = _end(list(by_id), at) if by_id else {}
    for org_id, freed in ended.items():
        by_id[org_id].held -= freed
    return [by_id[org_id] for org_id in ended]


def release_allowances(hold: Hold) -> None:
    """Release the units of allowances that a hold had reserved. Only with the wallet locked."""
    db.session.flush()
    rows = delete(HoldAllowance).where(HoldAllowance.org_id == hold.org_id, HoldAllowance.hold_id == hold.id)
    db.session.execute(rows)


def _end(org_ids: list[UUID], at: datetime) -> dict[UUID, int]:
    """By organization with expired leases: the micro-units that their holds still reserved."""
    organizations = array(org_ids)
    ended: dict[UUID, int] = dict(driver_connection().execute(_END, (organizations, at)).fetchall())
    if ended:
        # The session isn't aware of what that statement changed.
        for known in list(db.session.identity_map.values()):
            if isinstance(known, Hold):
                db.session.expire(known)
    return ended
