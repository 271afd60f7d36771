"""Which transfer usage was charged by, and which lots paid for it, to the micro-unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, select, text

from app.database.arrays import columns
from app.extensions import db
from app.models import LotDraw, LotReturn, Transfer, TransferKind

Shares = dict[UUID | None, int]
"""Micro-units by lot; those of None wait to be paid."""


_POSTED_AT = text("""
WITH RECURSIVE look AS (
    SELECT asked.org_id, asked.at, 1::bigint AS low, wallet.last_seq + 1 AS high, wallet.last_seq / 2 + 1 AS middle,
        16::bigint AS last
    FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS asked (org_id, at) JOIN wallet USING (org_id)
    UNION ALL
    SELECT look.org_id, look.at, half.low, half.high, (half.low + half.high) / 2, half.low + 15
    FROM look
    JOIN transfer ON transfer.org_id = look.org_id AND transfer.seq = look.middle
    CROSS JOIN LATERAL (
        SELECT CASE WHEN transfer.posted_at < look.at THEN look.middle + 1 ELSE look.low END AS low,
            CASE WHEN transfer.posted_at < look.at THEN look.high ELSE look.middle END AS high) AS half
    WHERE look.low < look.high)
SELECT transfer.org_id, transfer.seq, transfer.posted_at, transfer.kind, transfer.credit
FROM look JOIN transfer ON transfer.org_id = look.org_id AND transfer.posted_at = look.at
    AND transfer.seq BETWEEN look.low AND look.last
WHERE look.low = look.high ORDER BY transfer.org_id, transfer.seq""")
"""The transfers that were posted at given times. Usage has a time of its own, with a transfer for each group
(`app.billing.wallet.ledger.own_posting_time`); what else was posted at that time follows it.

Positions are compared with columns, never with sums. With row-level security PostgreSQL looks for nothing in an
index by a function that isn't leakproof, which arithmetic isn't, and would read all transfers of the organization at
each step (https://www.postgresql.org/docs/current/rules-privileges.html)."""


def find_transfers(org_id: UUID, times: Collection[datetime]) -> dict[tuple[datetime, str], int]:
    """The positions of usage and corrections posted at these times, by time and group; a correction's group is its
    kind. One statement, by halving."""
    found = find_many({(org_id, at) for at in times})
    return {(at, group): seq for (_, at, group), seq in found.items()}


def find_many(asked: Collection[tuple[UUID, datetime]]) -> dict[tuple[UUID, datetime, str], int]:
    """The same of several organizations, whose ids are in the keys, too. One statement."""
    found: dict[tuple[UUID, datetime, str], int] = {}
    if not asked:
        return found
    ids, times = columns(sorted(asked))
    for org_id, seq, at, kind, credit in db.session.execute(_POSTED_AT, {"ids": ids, "times": times}):
        if kind == TransferKind.USAGE:
            found.setdefault((org_id, at, credit), seq)
        elif kind == TransferKind.ADJUSTMENT:
            found.setdefault((org_id, at, kind), seq)
    return found


def balance_at(org_id: UUID, seq: int) -> int:
    """What the wallet had after the transfer at a position, in micro-units; nothing at position 0."""
    query = select(Transfer.balance_after_micro).where(Transfer.org_id == org_id, Transfer.seq == seq)
    return db.session.scalar(query) or 0


def shares_of(org_id: UUID, positions: Collection[int]) -> dict[int, Shares]:
    """What each lot paid for the transfers of usage at these positions. One statement.

    A transfer that is not drawn yet has no shares.
    """
    draw = LotDraw
    share = case(
        (draw.first_seq == draw.last_seq, draw.amount_micro),
        (Transfer.seq == draw.first_seq, draw.first_micro),
        (Transfer.seq == draw.last_seq, draw.last_micro),
        else_=Transfer.amount_micro,
    )
    within = and_(
        draw.org_id == Transfer.org_id, draw.first_seq <= Transfer.seq, draw.last_seq >= Transfer.seq
    )
    query = (
        select(Transfer.seq, draw.lot_id, func.sum(share))
        .join(draw, within)
        .where(Transfer.org_id == org_id, Transfer.seq.in_(sorted(positions)))
        .group_by(Transfer.seq, draw.lot_id)
    )
    found: dict[int, Shares] = defaultdict(dict)
    for seq, lot_id, amount in db.session.execute(query):
        if amount:
            found[seq][lot_id] = int(amount)
    return found


def returned_of(org_id: UUID, seq: int) -> Shares:
    """What corrections have returned to each lot of the transfer of usage at a position."""
    query = (
        select(LotReturn.lot_id, func.sum(LotReturn.amount_micro))
        .where(LotReturn.org_id == org_id, LotReturn.of_seq == seq)
        .group_by(LotReturn.lot_id)
    )
    return {lot_id: int(amount) for lot_id, amount in db.session.execute(query)}
