"""Transfers enough that PostgreSQL plans as it does for an organization with a past: what it chooses for a handful of
rows depends on when it last looked at the table."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from tests.support.database import behind_the_scenes

MANY = 3_000
_COPIES = text(
    """INSERT INTO transfer (org_id, seq, id, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
        line_after_micro, posted_at, recorded_at)
    SELECT :org_id, 1000 + number, gen_random_uuid(), 'wallet', 'models', 1, 0, kind, 'copy:' || number,
        gen_random_uuid(), 1, now(), now()
    FROM generate_series(1, :many) AS number, unnest(ARRAY['usage', 'adjustment']) WITH ORDINALITY AS kinds (kind, place)
    WHERE number % 2 = place - 1"""
)


def write(org_id: UUID) -> None:
    """Write them, half of them of usage, and let PostgreSQL look at the table. They fit no line of the history."""
    with behind_the_scenes() as connection:
        connection.execute(_COPIES, {"org_id": org_id, "many": MANY})
        connection.execute(text("ANALYZE transfer"))
