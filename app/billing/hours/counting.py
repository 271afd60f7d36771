"""Counts transfers into hours: each once, from the one after the last that was counted.

An organization's transfers are numbered without gaps under the lock of its wallet, so seeing one is seeing all
before it. That makes the number of the last one counted all there is to remember: after a restart counting resumes
there, and two workers that count at the same time wait for each other. Wallets are neither locked nor written.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.extensions import db
from app.transaction import transaction

KEPT = timedelta(days=100)
"""How long hours are kept: the ninety days of a forecast, and some."""
BATCH = 20_000
"""How many transfers are counted in a transaction."""
_ENOUGH = 1_000
"""So many new transfers are counted before the hour is over: until they are, each read adds them up."""

_DUE = text("""
    SELECT wallet.org_id FROM wallet LEFT JOIN spend_count counted ON counted.org_id = wallet.org_id
    WHERE wallet.last_seq > coalesce(counted.seq, 0)
      AND (counted.seq IS NULL OR counted.counted_at < :this_hour OR wallet.last_seq - counted.seq >= :enough)
""")

_BEGIN = text("""
    INSERT INTO spend_count (org_id, seq, counted_at) VALUES (:org_id, 0, :now)
    ON CONFLICT (org_id) DO NOTHING
""")

_LOCK = text("SELECT seq FROM spend_count WHERE org_id = :org_id FOR UPDATE")

_COUNT = text("""
    WITH fresh AS MATERIALIZED (
        SELECT seq, kind, source, amount_micro, date_trunc('hour', least(posted_at, :now), 'UTC') AS hour
        FROM transfer WHERE org_id = :org_id AND seq > :seq ORDER BY seq LIMIT :batch
    ), counted AS (
        INSERT INTO spend_hour AS before (org_id, hour, amount_micro, first_seq)
        SELECT :org_id, hour, sum(amount_micro), min(seq) FROM fresh
        WHERE kind = 'usage' AND hour >= :oldest GROUP BY hour
        ON CONFLICT (org_id, hour) DO UPDATE SET amount_micro = before.amount_micro + excluded.amount_micro,
            first_seq = CASE WHEN before.first_seq = 0 THEN excluded.first_seq ELSE before.first_seq END
    )
    SELECT max(seq) AS newest, count(*) AS transfers,
        coalesce(bool_or(kind = 'adjustment' AND source LIKE 'correction:%'), false) AS are_corrected
    FROM fresh
""")

# All of them again, not only new ones: transfers don't say which hour they correct, and events do.
_CORRECT = text("""
    INSERT INTO spend_hour (org_id, hour, amount_micro, corrected_micro, first_seq)
    SELECT org_id, date_trunc('hour', at, 'UTC'), 0, sum(amount_micro), 0 FROM usage_event
    WHERE org_id = :org_id AND corrects_id IS NOT NULL AND at >= :oldest
    GROUP BY 1, 2
    ON CONFLICT (org_id, hour) DO UPDATE SET corrected_micro = excluded.corrected_micro
""")

_REMEMBER = text("UPDATE spend_count SET seq = :seq, counted_at = :now WHERE org_id = :org_id")

_DELETE = text("""
    DELETE FROM spend_hour WHERE (org_id, hour) IN (
        SELECT org_id, hour FROM spend_hour WHERE hour < :oldest LIMIT :batch)
    RETURNING 1
""")


def find_due(now: datetime) -> list[UUID]:
    """The organizations with transfers that were posted since an hour or more was counted, or with very many."""
    return list(db.session.scalars(_DUE, {"this_hour": hour_of(now), "enough": _ENOUGH}))


def count(org_id: UUID, *, now: datetime) -> bool:
    """Count what was posted since the last time, at most a batch; whether there may be more. Doesn't commit.

    Locks what it remembers of the organization, and nothing else. The posting time of a wallet can be ahead for a day
    after its time zone has changed: what is counted before then, counts now.
    """
    values: dict[str, Any] = {"org_id": org_id, "now": now, "oldest": oldest_kept(now)}
    db.session.execute(_BEGIN, values)
    seq = db.session.scalars(_LOCK, values).one()
    found = db.session.execute(_COUNT, values | {"seq": seq, "batch": BATCH}).one()
    if found.are_corrected:
        db.session.execute(_CORRECT, values)
    db.session.execute(_REMEMBER, values | {"seq": found.newest or seq})
    return bool(found.transfers >= BATCH)


def delete_old(now: datetime) -> None:
    """Delete hours that no one asks for any more, in batches. Commits."""
    deleted = BATCH
    while deleted == BATCH:
        with transaction():
            found = db.session.execute(_DELETE, {"oldest": oldest_kept(now), "batch": BATCH})
            deleted = len(found.all())


def oldest_kept(now: datetime) -> datetime:
    """The first hour that is kept."""
    return hour_of(now) - KEPT


def hour_of(at: datetime) -> datetime:
    """The hour of a time, in UTC: the same for every organization, whatever its zone is or becomes."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
