"""The SQL statements that read a monthly statement."""

from __future__ import annotations

from sqlalchemy import text

_MONTH = """
WITH used AS (
    SELECT day, meter, quantity, amount_micro FROM usage_by_meter
    WHERE org_id = :org_id AND posted_on BETWEEN :first AND :last AND NOT is_correction
), moved AS (
    SELECT seq, day, kind::text AS kind, detail, amount_micro FROM wallet_line
    WHERE org_id = :org_id AND day BETWEEN :first AND :last
), before AS (
    SELECT seq FROM wallet_line WHERE org_id = :org_id AND day < :first ORDER BY day DESC, seq DESC LIMIT 1
), parts AS (
    SELECT 'opening' AS part, '' AS name, NULL::date AS day, 0 AS units, balance_after_micro AS amount,
        NULL::bigint AS days
    FROM transfer WHERE org_id = :org_id AND seq = (SELECT seq FROM before)
    UNION ALL
    SELECT 'moved', kind, NULL, count(*), sum(amount_micro), NULL FROM moved GROUP BY kind
    UNION ALL
    SELECT 'meter', meter, NULL, sum(units), sum(amount), CASE WHEN min(units) = max(units) THEN count(*) END
    FROM (
        SELECT meter, day, sum(quantity) AS units, sum(amount_micro) AS amount FROM used GROUP BY meter, day
    ) AS by_day GROUP BY meter
    UNION ALL
    SELECT kind, name, NULL, 0, sum(calling_micro + telephony_micro + models_micro), NULL FROM usage_by_name
    WHERE org_id = :org_id AND kind IN ('campaign', 'agent') AND posted_on BETWEEN :first AND :last
        AND NOT is_correction
    GROUP BY kind, name
    UNION ALL
    SELECT 'late', '', day, 0, sum(amount_micro), NULL FROM used WHERE day < :first GROUP BY day
)
"""

PARTS = text(
    f"{_MONTH} SELECT part, name, day, units, amount, days FROM parts ORDER BY part, day, amount DESC, name"
)
"""All parts of a month, `first` to `last` being its days; amounts in micro-units, usage above zero.

One SQL statement sees one moment, so that the parts of an open month are consistent. Corrections of usage are
adjustments, in the ledger and here. `opening` has no row before the wallet's first movement.
"""

PARTS_AND_LINES = text(
    f"""{_MONTH}
SELECT part, name, day, units, amount, days, NULL::date AS posted_on, NULL AS detail, NULL AS campaign, NULL AS agent,
    FALSE AS is_line, 0 AS seq
FROM parts
UNION ALL
SELECT 'moved', kind, NULL, 1, amount_micro, NULL, day, detail, '', '', TRUE, seq FROM moved WHERE kind <> 'usage'
UNION ALL
SELECT 'used', meter, day, quantity, -amount_micro, NULL, posted_on, '', campaign, agent, TRUE, 0 FROM usage_daily
WHERE org_id = :org_id AND posted_on BETWEEN :first AND :last AND NOT is_correction
ORDER BY is_line, posted_on, part, seq, day, amount DESC, name, campaign, agent
"""
)
"""`PARTS`, then each line that they sum up, by day of posting: movements, and usage by campaign, agent, meter and
day. Lines have the sign with which they change the balance. To be read in chunks: there may be many.
"""
