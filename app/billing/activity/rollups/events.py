"""Adding up usage events. A call counts on the day, and in the row, of its first event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from app.billing import catalog
from app.extensions import db
from app.models import UsageEvent, UsageGroup

_OLDEST = timedelta(days=45)
"""How much older an event of the same call can be: longer than usage may be late."""

_CALLS = UsageGroup.CALLING
"""Of the events of a call that come together, one of this group says best whose the call is and where it went."""

_COUNT = text("""
WITH fresh AS MATERIALIZED (
    SELECT (posted_at AT TIME ZONE :zone)::date AS posted_on, meter, coalesce(campaign, '') AS campaign,
        coalesce(agent, '') AS agent, coalesce(number, '') AS number, coalesce(direction, '') AS direction,
        coalesce(country, '') AS country, corrects_id IS NOT NULL AS is_correction,
        quantity, included, amount_micro, call, at, posted_at
    FROM usage_event WHERE org_id = :org_id AND posted_at >= :since AND posted_at < :until
), called AS (
    SELECT DISTINCT ON (call) call, posted_on, meter, campaign, agent, number, direction, country
    FROM fresh WHERE call IS NOT NULL AND NOT is_correction
    ORDER BY call, posted_on, meter = ANY(:calling) DESC, posted_at, at, meter, campaign, agent, number,
        direction, country
), begun AS (
    SELECT posted_on, meter, campaign, agent, number, direction, country, count(*) AS calls
    FROM called WHERE NOT EXISTS (
        SELECT FROM usage_event older WHERE older.org_id = :org_id AND older.call = called.call
            AND older.posted_at < :since AND older.at >= :oldest AND older.corrects_id IS NULL)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), summed AS (
    SELECT posted_on, meter, campaign, agent, number, direction, country, is_correction,
        sum(quantity)::bigint AS quantity, sum(included)::bigint AS included,
        sum(amount_micro)::bigint AS amount_micro, count(*) AS events
    FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
INSERT INTO usage_rollup AS total (org_id, posted_on, meter, campaign, agent, number, direction, country,
    is_correction, quantity, included, amount_micro, events, calls)
SELECT :org_id, summed.*, coalesce(begun.calls, 0)
FROM summed LEFT JOIN begun USING (posted_on, meter, campaign, agent, number, direction, country)
    WHERE NOT summed.is_correction
UNION ALL SELECT :org_id, summed.*, 0 FROM summed WHERE summed.is_correction
ON CONFLICT (org_id, posted_on, meter, campaign, agent, number, direction, country, is_correction) DO UPDATE SET
    quantity = total.quantity + excluded.quantity, included = total.included + excluded.included,
    amount_micro = total.amount_micro + excluded.amount_micro, events = total.events + excluded.events,
    calls = total.calls + excluded.calls
""")


def add_up(org_id: UUID, zone: str, *, since: datetime, until: datetime) -> None:
    """Add events posted from `since` on, before `until`, to the totals of their days. The caller commits."""
    db.session.execute(
        _COUNT,
        {
            "org_id": org_id,
            "zone": zone,
            "since": since,
            "until": until,
            "oldest": since - _OLDEST,
            "calling": [key for key, meter in catalog.current().meters.items() if meter.group is _CALLS],
        },
    )


def first_posted(org_id: UUID, *, since: datetime | None, until: datetime) -> datetime | None:
    """When the oldest event before `until` was posted, of those from `since` on."""
    query = select(func.min(UsageEvent.posted_at)).where(
        UsageEvent.org_id == org_id, UsageEvent.posted_at < until
    )
    if since is not None:
        query = query.where(UsageEvent.posted_at >= since)
    return db.session.scalar(query)


def days_that_differ(org_id: UUID, *, first: date, last: date) -> list[date]:
    """Days whose totals aren't those that usage was charged by (`usage_daily`)."""
    return list(db.session.scalars(_DIFFERING, {"org_id": org_id, "first": first, "last": last}))


_DIFFERING = text("""
SELECT posted_on FROM (
    SELECT posted_on, quantity, included, amount_micro FROM usage_daily
    WHERE org_id = :org_id AND posted_on BETWEEN :first AND :last
    UNION ALL
    SELECT posted_on, -quantity, -included, -amount_micro FROM usage_rollup
    WHERE org_id = :org_id AND posted_on BETWEEN :first AND :last
) AS both_sides
GROUP BY posted_on HAVING sum(quantity) <> 0 OR sum(included) <> 0 OR sum(amount_micro) <> 0
ORDER BY posted_on
""")


def forget(org_id: UUID, day: date) -> None:
    """Delete the totals of a day, to add them up again. The caller commits."""
    values = {"org_id": org_id, "day": day}
    db.session.execute(text("DELETE FROM usage_rollup WHERE org_id = :org_id AND posted_on = :day"), values)
