"""The SQL statement that reads a monthly statement."""

from __future__ import annotations

from sqlalchemy import text

PARTS = text(
    """
WITH used AS (
    SELECT day, meter, campaign, agent, quantity, amount_micro FROM usage_daily
    WHERE org_id = :org_id AND posted_on BETWEEN :first AND :last AND NOT is_correction
), before AS (
    SELECT seq FROM wallet_line WHERE org_id = :org_id AND day < :first ORDER BY day DESC, seq DESC LIMIT 1
)
SELECT 'opening' AS part, '' AS name, NULL::date AS day, 0 AS units, balance_after_micro AS amount
FROM transfer WHERE org_id = :org_id AND seq = (SELECT seq FROM before)
UNION ALL
SELECT 'moved', kind::text, NULL, count(*), sum(amount_micro) FROM wallet_line
WHERE org_id = :org_id AND day BETWEEN :first AND :last GROUP BY kind
UNION ALL
SELECT 'meter', meter, NULL, sum(quantity), sum(amount_micro) FROM used GROUP BY meter
UNION ALL
SELECT 'campaign', campaign, NULL, 0, sum(amount_micro) FROM used GROUP BY campaign
UNION ALL
SELECT 'agent', agent, NULL, 0, sum(amount_micro) FROM used GROUP BY agent
UNION ALL
SELECT 'late', '', day, 0, sum(amount_micro) FROM used WHERE day < :first GROUP BY day
ORDER BY part, day, amount DESC, name
"""
)
"""All parts of a month, `first` to `last` being its days; amounts in micro-units, usage above zero.

One statement sees one moment, so that the parts of a month that still grows belong together. What corrects usage is
an adjustment, in the ledger and here. `opening` has no row before the wallet's first movement.
"""
