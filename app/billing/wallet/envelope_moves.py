"""What calls take from their campaign's envelope and give back to it, on a locked wallet.

Whatever moves, envelopes, holds and available credit stay what is posted: what an open envelope gives up is held or
spent, and what comes back to one that has ended is available credit. An envelope ends exactly at the end of its last
day, no matter who notices, and how late (as leases do, `app.billing.wallet.leases`).

These statements bypass the session, for one wallet as for those of a batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.billing.platform import messages
from app.database.arrays import array, columns
from app.extensions import db, driver_connection, enqueue
from app.models import Envelope, Wallet
from app.money import Money

_MOVE = """
UPDATE envelope SET held_micro = envelope.held_micro + was.held, spent_micro = envelope.spent_micro + was.spent,
    returned_micro = envelope.returned_micro - CASE WHEN was.is_open THEN 0 ELSE was.held + was.spent END,
    has_credit = was.is_open AND was.left_micro > 0
FROM (SELECT org_id, id, asked.held, asked.spent, has_credit, ended_at IS NULL AS is_open,
          amount_micro - held_micro - spent_micro - returned_micro - asked.held - asked.spent AS left_micro
      FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[]) AS asked (org_id, id, held, spent)
      JOIN envelope USING (org_id, id)) AS was
WHERE envelope.org_id = was.org_id AND envelope.id = was.id
RETURNING envelope.org_id, envelope.id, envelope.campaign, was.held,
    CASE WHEN was.is_open THEN -was.held - was.spent ELSE 0 END, was.has_credit <> envelope.has_credit,
    CASE WHEN was.is_open THEN was.left_micro ELSE 0 END, envelope.until"""

_LAPSE = """
WITH ended AS (
    UPDATE envelope SET ended_at = ends_at, has_credit = false,
        returned_micro = amount_micro - held_micro - spent_micro
    WHERE org_id = ANY(%s::uuid[]) AND ended_at IS NULL AND ends_at <= %s
    RETURNING org_id, id, campaign, returned_micro, until)
SELECT ended.*, (SELECT min(ends_at) FROM envelope still_open
                 WHERE still_open.org_id = ended.org_id AND ended_at IS NULL AND ends_at > %s)
FROM ended ORDER BY campaign"""

_OPEN = """
SELECT org_id, campaign, id, amount_micro - held_micro - spent_micro - returned_micro, spent_micro
FROM unnest(%s::uuid[], %s::text[]) AS asked (org_id, campaign)
JOIN envelope USING (org_id, campaign) WHERE ended_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of what calls hold of an envelope, and of what they have spent of it, in micro-units."""

    org_id: UUID
    envelope_id: UUID
    held: int = 0
    spent: int = 0


class Moved(NamedTuple):
    """What a move did to an envelope. `held` and `set_aside` are the changes of the wallet's sums, in micro-units;
    `has_flipped`: it has credit now and had none, or the other way around."""

    org_id: UUID
    envelope_id: UUID
    campaign: str
    held: int
    set_aside: int
    has_flipped: bool
    left: int
    until: date


class Lapsed(NamedTuple):
    """An envelope that has ended: what was left of it, in micro-units, and when the next one ends."""

    org_id: UUID
    envelope_id: UUID
    campaign: str
    returned: int
    until: date
    next_end: datetime | None


class OpenEnvelope(NamedTuple):
    """An open envelope: what is left of it, and what was spent, in micro-units."""

    id: UUID
    left: int
    spent: int


def move_many(moves: Collection[Move]) -> list[Moved]:
    """Move credit of envelopes, each named once. One statement; the caller changes the wallets and notifies the
    platform (`notify_platform`). A move of an envelope that has ended changes available credit instead."""
    if not moves:
        return []
    rows = columns((one.org_id, one.envelope_id, one.held, one.spent) for one in moves)
    moved = [Moved(*row) for row in driver_connection().execute(_MOVE, rows).fetchall()]
    _forget()
    return moved


def move(wallet: Wallet, envelope_id: UUID, *, held: int = 0, spent: int = 0, at: datetime) -> None:
    """The same for one envelope of a locked wallet, which is changed, and the platform notified."""
    db.session.flush()
    for moved in move_many([Move(wallet.org_id, envelope_id, held, spent)]):
        wallet.set_aside_micro += moved.set_aside
        wallet.set_aside_held_micro += moved.held
        wallet.version += 1
        notify_platform([moved], currency=wallet.currency, at=at)


def lapse_many(org_ids: Collection[UUID], at: datetime) -> list[Lapsed]:
    """End the envelopes of locked wallets whose last day is over at `at`. One statement, as `move_many`."""
    if not org_ids:
        return []
    found = driver_connection().execute(_LAPSE, (array(list(org_ids)), at, at)).fetchall()
    _forget()
    return [Lapsed(*row) for row in found]


def lapse(wallet: Wallet, at: datetime) -> None:
    """The same for one locked wallet, whose available credit gets what is left. Nothing is read before its time."""
    if wallet.envelope_ends_at is None or wallet.envelope_ends_at > at:
        return
    db.session.flush()
    wallet.envelope_ends_at = None
    for lapsed in lapse_many([wallet.org_id], at):
        wallet.set_aside_micro -= lapsed.returned
        wallet.envelope_ends_at = lapsed.next_end
        notify_ended(lapsed, currency=wallet.currency, at=at)
    wallet.version += 1


def find_many(wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], OpenEnvelope]:
    """The open envelopes of campaigns, by organization and campaign. One statement."""
    asked = sorted(wanted)
    if not asked:
        return {}
    rows = driver_connection().execute(_OPEN, columns(asked)).fetchall()
    return {(row[0], row[1]): OpenEnvelope(*row[2:]) for row in rows}


def find(wallet: Wallet, campaign: str | None) -> OpenEnvelope | None:
    """The open envelope of a campaign; None without one. Nothing is read where no envelope is open."""
    if campaign is None or wallet.envelope_ends_at is None:
        return None
    db.session.flush()
    return find_many([(wallet.org_id, campaign)]).get((wallet.org_id, campaign))


def left_of(envelope: OpenEnvelope | None) -> int:
    """What is left of an envelope for calls, in micro-units; nothing without one."""
    return max(envelope.left, 0) if envelope is not None else 0


def notify_platform(moved: Iterable[Moved], *, currency: str, at: datetime) -> None:
    """Notify the platform of envelopes that have credit again, or have none left."""
    for one in moved:
        if one.has_flipped:
            messages.envelope_changed(
                one.org_id,
                envelope_id=one.envelope_id,
                campaign=one.campaign,
                left=Money(one.left, currency),
                until=one.until,
                at=at,
            )


def notify_ended(lapsed: Lapsed, *, currency: str, at: datetime) -> None:
    """Notify the platform, and in the background the owners, of an envelope whose last day is over."""
    enqueue("tell_of_envelope", org_id=str(lapsed.org_id), envelope_id=str(lapsed.envelope_id))
    messages.envelope_ended(
        lapsed.org_id,
        envelope_id=lapsed.envelope_id,
        campaign=lapsed.campaign,
        returned=Money(lapsed.returned, currency),
        at=at,
    )


def _forget() -> None:
    """The session isn't aware of what these statements change."""
    for known in list(db.session.identity_map.values()):
        if isinstance(known, Envelope):
            db.session.expire(known)
