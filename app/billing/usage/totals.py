"""Daily totals of usage by one dimension: a trigger keeps them, and this counts again what differs.

Nothing should. It may, where a meter was used before its group was known, or where rows were changed by hand. Totals
by number are those of the rollups, which are counted again by themselves (`app.billing.activity.rollups`).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text

from app.extensions import db

_DIFFERING = text("""
WITH charged AS (
    SELECT posted_on, usage_group, sum(quantity) AS units, sum(amount_micro) AS amount
    FROM (
        SELECT posted_on, meter, coalesce(usage_group, 'telephony') AS usage_group, quantity, amount_micro
        FROM usage_daily LEFT JOIN meter_group USING (meter)
        WHERE org_id = :org_id AND posted_on >= :first
    ) AS daily GROUP BY 1, 2
), by_meter AS (
    SELECT posted_on, sum(quantity) AS units, sum(amount_micro) AS amount FROM usage_by_meter
    WHERE org_id = :org_id AND posted_on >= :first GROUP BY 1
), by_name AS (
    SELECT kind, posted_on, sum(calling_units) AS calling_units, sum(calling_micro) AS calling,
        sum(telephony_micro) AS telephony, sum(models_micro) AS models
    FROM usage_by_name WHERE org_id = :org_id AND kind IN ('campaign', 'agent') AND posted_on >= :first GROUP BY 1, 2
)
SELECT posted_on FROM (
    SELECT 'meter' AS kind, posted_on, sum(units) AS units, sum(amount) AS first, 0 AS second, 0 AS third
    FROM charged GROUP BY posted_on
    UNION ALL SELECT 'meter', posted_on, -units, -amount, 0, 0 FROM by_meter
    UNION ALL
    SELECT kind, posted_on, CASE usage_group WHEN 'calling' THEN units ELSE 0 END,
        CASE usage_group WHEN 'calling' THEN amount ELSE 0 END,
        CASE usage_group WHEN 'telephony' THEN amount ELSE 0 END,
        CASE usage_group WHEN 'models' THEN amount ELSE 0 END
    FROM charged, unnest(ARRAY['campaign', 'agent']) AS kind
    UNION ALL SELECT kind, posted_on, -calling_units, -calling, -telephony, -models FROM by_name
) AS both_sides
GROUP BY kind, posted_on
HAVING sum(units) <> 0 OR sum(first) <> 0 OR sum(second) <> 0 OR sum(third) <> 0
""")


def recount_differing(org_id: UUID, *, first: date) -> int:
    """Count days again, from `first` on, that differ from what was charged. Returns how many; the caller commits.

    Locks the wallet for the newest of them.
    """
    days = sorted(set(db.session.scalars(_DIFFERING, {"org_id": org_id, "first": first})))
    for day in days:
        db.session.execute(text("SELECT recount_usage(:org_id, :day, :day)"), {"org_id": org_id, "day": day})
    return len(days)
