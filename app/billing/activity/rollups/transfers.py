"""Adding up the lines of the wallet's history, from the transfers that make them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from app.extensions import db

_COUNT = text("""
INSERT INTO history_rollup AS total (org_id, day, kind, usage_group, lines, amount_micro)
SELECT :org_id, line.day, line.kind, coalesce(line.usage_group, ''),
    count(*) FILTER (WHERE transfer.seq = line.first_seq),
    sum(CASE WHEN transfer.credit = 'wallet' THEN transfer.amount_micro ELSE -transfer.amount_micro END)
FROM transfer JOIN wallet_line line ON line.org_id = transfer.org_id AND line.id = transfer.line_id
WHERE transfer.org_id = :org_id AND transfer.seq > :after AND transfer.seq <= :last
GROUP BY 2, 3, 4
ON CONFLICT (org_id, day, kind, usage_group) DO UPDATE SET
    lines = total.lines + excluded.lines, amount_micro = total.amount_micro + excluded.amount_micro
""")


def add_up(org_id: UUID, *, after: int, last: int) -> None:
    """Add the transfers behind position `after`, up to `last`, to the totals of their days. The caller commits."""
    db.session.execute(_COUNT, {"org_id": org_id, "after": after, "last": last})
