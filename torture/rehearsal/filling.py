"""A ledger of many transfers, written in few statements: its books are right, so the ledger's check proves them.

One large credit, then usage: some lines a day, and many transfers for each of them, as calls make them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.numeric import Int8

LEAST_PER_DAY, DAYS = 1_000, 365
COST = 1_000
"""Micro-units of a transfer."""

_CREDIT = """
WITH line AS (
    INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, amount_micro, detail)
    VALUES (%(org)s, gen_random_uuid(), %(first)s + 1, %(first)s + 1, current_date - %(days)s::int - 1,
        now() - make_interval(days => %(days)s::int + 1), 'credit', %(total)s, 'Rehearsal')
    RETURNING *)
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, gen_random_uuid(), seq, 'adjustments', 'wallet', amount_micro, %(posted)s + amount_micro, 'credit',
    'rehearsal', id, amount_micro, at, at FROM line"""
_USAGE = """
WITH line AS (
    INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, amount_micro, detail, usage_group)
    VALUES (%(org)s, gen_random_uuid(), %(first)s + %(count)s, %(first)s + 1, current_date - %(ago)s::int,
        now() - make_interval(days => %(ago)s::int), 'usage', -%(count)s * %(cost)s, '', 'calling')
    RETURNING *)
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, gen_random_uuid(), %(first)s + n, 'wallet', 'calling', %(cost)s, %(posted)s - n * %(cost)s,
    'usage', 'rehearsal:' || %(first)s + n, id, -n * %(cost)s, at, at
FROM line, generate_series(1, %(count)s) AS n"""
_TOTALS = """
INSERT INTO usage_daily (org_id, day, meter, campaign, agent, posted_on, is_correction, quantity, included,
    amount_micro)
VALUES (%(org)s, current_date - %(ago)s::int, 'calls_outbound', 'Rehearsal', 'Ava', current_date - %(ago)s::int,
    FALSE, %(count)s * 60, 0, %(count)s * %(cost)s)"""
_WALLET = """
UPDATE wallet SET last_seq = %(first)s, posted_micro = %(posted)s, version = version + 1, state = 'active'
WHERE org_id = %(org)s"""
_ACCOUNTS = """
UPDATE account SET balance_micro = coalesce(sums.total, 0) FROM account AS one LEFT JOIN (
    SELECT name, sum(amount) AS total FROM (
        SELECT credit AS name, amount_micro AS amount FROM transfer WHERE org_id = %(org)s
        UNION ALL SELECT debit, -amount_micro FROM transfer WHERE org_id = %(org)s) AS moves
    GROUP BY 1) AS sums USING (name)
WHERE account.org_id = %(org)s AND one.org_id = %(org)s AND account.name = one.name"""


def fill(connection: psycopg.Connection[Any], org_id: UUID, transfers: int) -> None:
    """Give an organization so many transfers of usage, once. As the superuser, in autocommit."""
    of_a_day = max(LEAST_PER_DAY, -(-transfers // DAYS))
    days = -(-transfers // of_a_day)
    row = connection.execute(
        "SELECT last_seq, posted_micro FROM wallet WHERE org_id = %s", [org_id]
    ).fetchone()
    assert row is not None
    seq, balance, total = int(row[0]), int(row[1]), 2 * transfers * COST
    # All as bigint, because the driver would choose the smallest type that holds a value.
    values: dict[str, Any] = {"org": org_id, "cost": Int8(COST), "days": days, "total": Int8(total)}
    values |= {"first": Int8(seq), "posted": Int8(balance)}
    connection.execute(_CREDIT, values)
    seq, balance = seq + 1, balance + total
    for ago in range(days, 0, -1):
        count = min(of_a_day, transfers)
        transfers -= count
        values |= {"ago": ago, "count": Int8(count), "first": Int8(seq), "posted": Int8(balance)}
        connection.execute(_USAGE, values)
        connection.execute(_TOTALS, values)
        seq, balance = seq + count, balance - count * COST
    values |= {"first": Int8(seq), "posted": Int8(balance)}
    connection.execute(_WALLET, values)
    connection.execute(_ACCOUNTS, values)
    connection.execute("VACUUM ANALYZE wallet_line, transfer, usage_daily")
