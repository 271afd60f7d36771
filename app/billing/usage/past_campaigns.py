"""An organization's own past campaigns: how long their calls took, how many were answered, what one cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.models import Organization
from app.money import Money

_DAYS = 90
_ENOUGH_CALLS = 20
"""A campaign of fewer calls says little about the next one."""
_ENOUGH_HOLDS = 50
_NEWEST = 10_000
"""Of as many events and holds at most it is said: enough, and quickly read."""
_MOST_CAMPAIGNS = 20
_SHORTER, _LONGER = 0.9, 1.1

# Only usage that names its call, and the newest of it: what a call takes doesn't change with more of them.
_CAMPAIGNS = text("""
    WITH newest AS (
        SELECT campaign, call, meter, quantity, amount_micro, posted_at FROM usage_event
        WHERE org_id = :org_id AND posted_at >= :since AND call IS NOT NULL AND corrects_id IS NULL
        ORDER BY posted_at DESC LIMIT :newest
    ), calls AS (
        SELECT campaign, call, sum(quantity) FILTER (WHERE meter = :meter) AS seconds, sum(amount_micro) AS micro,
            max(posted_at) AS at
        FROM newest WHERE campaign IS NOT NULL GROUP BY campaign, call
    )
    SELECT campaign, count(*) AS calls, sum(micro)::bigint AS micro, sum(seconds)::bigint AS seconds
    FROM calls WHERE seconds > 0
    GROUP BY campaign HAVING count(*) >= :enough ORDER BY max(at) DESC, campaign LIMIT :most
""")

_A_DAY = text("""
    SELECT sum(quantity)::bigint / count(DISTINCT (campaign, posted_on)) AS seconds FROM usage_rollup
    WHERE org_id = :org_id AND campaign = ANY(:names) AND meter = :meter AND posted_on >= :first_day
      AND NOT is_correction
""")

# Reserved for a call, and then used by it or not: a call that no one answers releases its hold.
_ANSWERED = text("""
    SELECT count(*) AS ended, count(*) FILTER (WHERE state = 'captured') AS answered
    FROM (SELECT campaign, state FROM hold WHERE org_id = :org_id ORDER BY id DESC LIMIT :newest) newest
    WHERE campaign = ANY(:names) AND state IN ('captured', 'released')
""")


@dataclass(frozen=True, slots=True)
class PastCampaigns:
    """The campaigns of the last ninety days with calls of one meter.

    `seconds` is what an answered call took on average. By the campaign with the shortest ones and that with the
    longest, a next one's take `shortest` to `longest` on average: single calls differ more, which evens out.
    `calls_a_day` are all calls of a campaign on a day with any. `answered_percent` is None where too few calls
    reserved credit to tell.
    """

    names: tuple[str, ...]
    calls: int
    seconds: int
    shortest: int
    longest: int
    cost_a_call: Money
    calls_a_day: int
    answered_percent: int | None


def find(organization: Organization, meter: str, *, now: datetime) -> PastCampaigns | None:
    """The organization's own past campaigns; None if there are none to go by. Three statements, or one."""
    values: dict[str, Any] = {
        "org_id": organization.id,
        "meter": meter,
        "since": now - timedelta(days=_DAYS),
        "newest": _NEWEST,
        "enough": _ENOUGH_CALLS,
        "most": _MOST_CAMPAIGNS,
    }
    rows = db.session.execute(_CAMPAIGNS, values).all()
    if not rows:
        return None
    names = tuple(row.campaign for row in rows)
    calls = sum(row.calls for row in rows)
    seconds = max(round(sum(row.seconds for row in rows) / calls), 1)
    averages = [row.seconds / row.calls for row in rows]
    answered = _answered_percent(organization, names)
    values |= {"names": list(names), "first_day": organization.local_day(now) - timedelta(days=_DAYS)}
    a_day = int(db.session.scalar(_A_DAY, values) or seconds * calls / len(rows))
    return PastCampaigns(
        names=names,
        calls=calls,
        seconds=seconds,
        shortest=max(round(min(averages) * _SHORTER), 1),
        longest=max(round(max(averages) * _LONGER), 1),
        cost_a_call=Money(sum(row.micro for row in rows) // calls, organization.currency),
        calls_a_day=max(round(a_day / seconds * 100 / (answered or 100)), 1),
        answered_percent=answered,
    )


def _answered_percent(organization: Organization, names: tuple[str, ...]) -> int | None:
    values = {"org_id": organization.id, "names": list(names), "newest": _NEWEST}
    row: Any = db.session.execute(_ANSWERED, values).one()
    if row.ended < _ENOUGH_HOLDS:
        return None
    return max(round(100 * int(row.answered) / int(row.ended)), 1)
