"""Reading what was spent by the hour, what isn't counted yet included: never behind, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.billing.hours.counting import hour_of
from app.clock import utc_now
from app.extensions import db
from app.models import Organization

_HOURS = text("""
    SELECT hour, sum(amount_micro)::bigint AS micro FROM (
        SELECT hour, amount_micro + corrected_micro AS amount_micro FROM spend_hour
        WHERE org_id = :org_id AND hour >= :since
        UNION ALL
        SELECT date_trunc('hour', least(posted_at, :now), 'UTC'), amount_micro FROM transfer
        WHERE org_id = :org_id AND kind = 'usage'
          AND seq > coalesce((SELECT seq FROM spend_count WHERE org_id = :org_id), 0)
    ) counted_and_fresh
    WHERE hour >= :since GROUP BY hour ORDER BY hour
""")

_SINCE = text("""
    WITH counted AS (
        SELECT coalesce(
            (SELECT min(first_seq) FROM spend_hour WHERE org_id = :org_id AND hour >= :hour AND first_seq > 0),
            (SELECT seq + 1 FROM spend_count WHERE org_id = :org_id), 1) AS seq
    )
    SELECT coalesce(sum(amount_micro), 0)::bigint FROM transfer
    WHERE org_id = :org_id AND kind = 'usage' AND posted_at >= :at AND seq >= (SELECT seq FROM counted)
""")


@dataclass(frozen=True, slots=True)
class HourSpend:
    """What usage took in the hour that begins at `hour` (in UTC), after corrections; in micro-units. Below zero where
    corrections of usage that was posted in a later hour returned more."""

    hour: datetime
    micro: int


def of(org_id: UUID, since: datetime) -> list[HourSpend]:
    """The hours since a time in which anything was spent, oldest first; the last is the running one, if it is there.

    Corrections are in it within an hour of their arrival, everything else immediately.
    """
    values = {"org_id": org_id, "since": hour_of(since), "now": utc_now()}
    rows = db.session.execute(_HOURS, values)
    return [HourSpend(row.hour.astimezone(UTC), row.micro) for row in rows]


def spent_since(org_id: UUID, at: datetime) -> int:
    """What usage has taken since a time within the last hours, to the second, in micro-units. Without corrections."""
    values = {"org_id": org_id, "at": at, "hour": hour_of(at)}
    return int(db.session.scalars(_SINCE, values).one())


def same_hours(organization: Organization, at: datetime, *, weeks: int = 8) -> list[int]:
    """What was spent in the same hour of the week before, newest first, in micro-units; by the organization's clock.

    As many as the organization's history has, which begins with the first hour in which it spent anything.
    """
    local = at.astimezone(ZoneInfo(organization.timezone))
    # By the clock on the wall, which people and campaigns follow when the offset from UTC changes.
    before = [hour_of(local - timedelta(weeks=week)) for week in range(1, weeks + 1)]
    spent = {one.hour: one.micro for one in of(organization.id, before[-1])}
    first = min(spent, default=hour_of(at))
    return [spent.get(hour, 0) for hour in before if hour >= first]
