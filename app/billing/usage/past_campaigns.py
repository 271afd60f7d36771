"""An organization's own past campaigns: how long their calls took, how many were answered, what one cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.models import Organization
from app.money import Money

_DAYS = 90
_ENOUGH_CALLS = 20
"""A campaign of fewer calls says little about the next one."""
_ENOUGH_HOLDS = 50
_NEWEST_HOLDS = 5_000
_MOST_CAMPAIGNS = 20

_CAMPAIGNS = text("""
    SELECT campaign, sum(calls)::bigint AS calls, sum(amount_micro)::bigint AS micro,
        sum(quantity) FILTER (WHERE meter = :meter)::bigint AS seconds, count(DISTINCT posted_on) AS days
    FROM usage_rollup WHERE org_id = :org_id AND posted_on >= :since AND campaign <> ''
    GROUP BY campaign HAVING sum(calls) >= :enough AND sum(quantity) FILTER (WHERE meter = :meter) > 0
    ORDER BY max(posted_on) DESC, campaign LIMIT :most
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

    `shortest` and `longest` are the averages, in seconds, of the campaign with the shortest answered calls and of
    that with the longest. `answered_percent` is None where too few calls reserved credit to tell.
    """

    names: tuple[str, ...]
    calls: int
    seconds: int
    shortest: int
    longest: int
    cost_a_call: Money
    calls_a_day: int
    answered_percent: int | None


def find(organization: Organization, meter: str, *, today: date) -> PastCampaigns | None:
    """The organization's own past campaigns; None if there are none to go by. Two statements."""
    values = {
        "org_id": organization.id,
        "meter": meter,
        "since": today - timedelta(days=_DAYS),
        "enough": _ENOUGH_CALLS,
        "most": _MOST_CAMPAIGNS,
    }
    rows = db.session.execute(_CAMPAIGNS, values).all()
    if not rows:
        return None
    names = tuple(row.campaign for row in rows)
    calls = sum(row.calls for row in rows)
    lengths = [max(round(row.seconds / row.calls), 1) for row in rows]
    answered = _answered_percent(organization, names)
    answered_a_day = sum(row.calls for row in rows) / sum(row.days for row in rows)
    return PastCampaigns(
        names=names,
        calls=calls,
        seconds=max(round(sum(row.seconds for row in rows) / calls), 1),
        shortest=min(lengths),
        longest=max(lengths),
        cost_a_call=Money(sum(row.micro for row in rows) // calls, organization.currency),
        calls_a_day=max(round(answered_a_day * 100 / (answered or 100)), 1),
        answered_percent=answered,
    )


def _answered_percent(organization: Organization, names: tuple[str, ...]) -> int | None:
    values = {"org_id": organization.id, "names": list(names), "newest": _NEWEST_HOLDS}
    row: Any = db.session.execute(_ANSWERED, values).one()
    if row.ended < _ENOUGH_HOLDS:
        return None
    return max(round(100 * int(row.answered) / int(row.ended)), 1)
