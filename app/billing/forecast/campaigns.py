"""Campaigns in progress that the usual week doesn't know yet: what they take an hour, and since when.

What their calls in progress have reserved is no part of available credit any more, so it isn't counted again.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.billing.forecast.profile import Running
from app.extensions import db
from app.models import Organization

_WINDOW = timedelta(hours=3)
_KNOWN_AFTER_DAYS = 7
"""After a week a campaign is in each hour of the usual week."""
_WORK_BEGINS = time(9)

_LATELY = text("""
    SELECT campaign, sum(amount_micro)::bigint AS micro, min(at) AS first_at FROM usage_event
    WHERE org_id = :org_id AND at >= :since AND campaign <> '' AND corrects_id IS NULL
    GROUP BY campaign HAVING sum(amount_micro) > 0 ORDER BY campaign
""")

_FIRST_DAYS = text("""
    SELECT campaign, min(day) AS day FROM usage_daily
    WHERE org_id = :org_id AND day >= :oldest AND campaign = ANY(:names) GROUP BY campaign
""")


def find_running(organization: Organization, now: datetime) -> list[Running]:
    """The campaigns that had calls in the last three hours, and none a week ago. Two statements, or one."""
    since = now - _WINDOW
    lately = db.session.execute(_LATELY, {"org_id": organization.id, "since": since}).all()
    if not lately:
        return []
    today = organization.local_day(now)
    oldest = today - timedelta(days=_KNOWN_AFTER_DAYS)
    values = {"org_id": organization.id, "oldest": oldest, "names": [row.campaign for row in lately]}
    first_days = {row.campaign: row.day for row in db.session.execute(_FIRST_DAYS, values)}
    running = []
    for row in lately:
        day = first_days.get(row.campaign, today)
        if day <= oldest:
            continue
        began = row.first_at.astimezone(UTC)
        if began < since + timedelta(minutes=30) or day < today:
            # It may have begun before: on its first day, no earlier than work usually begins.
            morning = datetime.combine(day, _WORK_BEGINS, ZoneInfo(organization.timezone))
            began = min(began, morning.astimezone(UTC))
        # At least an hour: its first call doesn't say that it goes on like this all the time.
        hours = max((now - max(began, since)) / timedelta(hours=1), 1.0)
        running.append(Running(per_hour=round(row.micro / hours), since=began))
    return running
