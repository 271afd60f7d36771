"""Expired leases: a hold ends exactly when its lease does, no matter who notices, and how late.

Nothing happens automatically at that moment, so any code that has a wallet locked and relies on its held credit
updates it first: `app.billing.wallet.calling_state.reassess` does, and so does a batch of usage. Code that only reads
checks `are_over` in the same statement, and lets `app.billing.wallet.holds.expire` record it. The sweep records the
rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists

from app.billing.wallet import envelope_moves
from app.billing.wallet.envelope_moves import Move, Moved
from app.database.arrays import array
from app.extensions import db, driver_connection
from app.models import Hold, HoldAllowance, HoldState, Wallet

_END = """
WITH ended AS (
    UPDATE hold SET state = 'expired', ended_at = expires_at
    WHERE org_id = ANY(%s::uuid[]) AND state = 'active' AND expires_at <= %s
    RETURNING org_id, id, amount_micro, envelope_id, set_aside_micro),
given_back AS (
    DELETE FROM hold_allowance USING ended
    WHERE hold_allowance.org_id = ended.org_id AND hold_allowance.hold_id = ended.id)
SELECT org_id, envelope_id, sum(amount_micro)::bigint, sum(set_aside_micro)::bigint FROM ended GROUP BY 1, 2"""


@dataclass(slots=True)
class _Ended:
    """What the expired leases of an organization still reserved, in micro-units, and what of it was of envelopes."""

    held: int = 0
    moves: list[Move] = field(default_factory=list)


class Leased(Protocol):
    """A locked wallet of a batch."""

    org_id: UUID
    held: int

    def apply(self, moved: Moved) -> None:
        """Change its sums by what moved of an envelope."""


W = TypeVar("W", bound=Leased)


def are_over(at: Any) -> ColumnElement[bool]:
    """In a statement with `Wallet`: whether it still holds credit of leases that have expired at `at`."""
    over = (Hold.org_id == Wallet.org_id) & (Hold.state == HoldState.ACTIVE) & (Hold.expires_at <= at)
    return exists().where(over).correlate(Wallet)


def settle(wallet: Wallet, at: datetime) -> None:
    """End the holds of a locked wallet whose lease has expired at `at`. One statement, and one for each envelope that
    gets credit back.

    The credit and allowances that they reserved are released. `calling_state.reassess` also updates the calling
    state.
    """
    db.session.flush()
    for ended in _end([wallet.org_id], at).values():
        wallet.held_micro -= ended.held
        wallet.version += 1
        for one in ended.moves:
            envelope_moves.move(wallet, one.envelope_id, held=one.held, at=at)


def settle_many(wallets: Iterable[W], at: datetime) -> list[W]:
    """The same for many locked wallets, in one statement, and one for all envelopes that get credit back. Returns
    those that have changed and have to be saved; the platform is to be notified of what they have `moved`."""
    by_id = {wallet.org_id: wallet for wallet in wallets}
    ended = _end(list(by_id), at) if by_id else {}
    for org_id, one in ended.items():
        by_id[org_id].held -= one.held
    for moved in envelope_moves.move_many([move for one in ended.values() for move in one.moves]):
        by_id[moved.org_id].apply(moved)
    return [by_id[org_id] for org_id in ended]


def release_allowances(hold: Hold) -> None:
    """Release the units of allowances that a hold had reserved. Only with the wallet locked."""
    db.session.flush()
    rows = delete(HoldAllowance).where(HoldAllowance.org_id == hold.org_id, HoldAllowance.hold_id == hold.id)
    db.session.execute(rows)


def _end(org_ids: Collection[UUID], at: datetime) -> dict[UUID, _Ended]:
    """By organization with expired leases: what their holds still reserved."""
    ended: dict[UUID, _Ended] = defaultdict(_Ended)
    found = driver_connection().execute(_END, (array(list(org_ids)), at)).fetchall()
    for org_id, envelope_id, amount, set_aside in found:
        ended[org_id].held += amount
        if set_aside:
            ended[org_id].moves.append(Move(org_id, envelope_id, held=-set_aside))
    if ended:
        # The session isn't aware of what that statement changed.
        for known in list(db.session.identity_map.values()):
            if isinstance(known, Hold):
                db.session.expire(known)
    return ended
