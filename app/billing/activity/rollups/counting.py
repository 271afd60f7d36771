"""Adding up what was written since the last time, organization by organization.

Events are counted by when they were posted, a while later: a batch takes its time before it waits for the wallet, so
of two the later one may commit first. What was missed nevertheless is found by comparing each day with the totals
that usage was charged by. Transfers have positions without gaps, so none of them can be missed.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.billing.activity.rollups import events, transfers
from app.extensions import db
from app.models import Organization, RollupMark, Wallet
from app.transaction import transaction

LAG = timedelta(minutes=5)
"""How old what is counted is at least: longer than a batch may take from its beginning to its commit."""
TRANSFERS = 50_000
"""How many are counted in one transaction."""
_COMPARED = timedelta(days=40)
"""How far back days are compared."""

_BEHIND = text("""
SELECT wallet.org_id FROM wallet LEFT JOIN rollup_mark mark ON mark.org_id = wallet.org_id
WHERE wallet.last_seq > coalesce(mark.last_seq, 0) OR EXISTS (
    SELECT FROM usage_event event WHERE event.org_id = wallet.org_id AND event.posted_at < :until
        AND event.posted_at >= coalesce(mark.events_until, '-infinity')
        AND event.at >= coalesce(mark.events_until - interval '45 days', '-infinity'))
""")


def find_behind(until: datetime) -> list[UUID]:
    """The organizations with something before `until` that isn't counted yet."""
    return list(db.session.scalars(_BEHIND, {"until": until}))


def get_mark(org_id: UUID) -> RollupMark | None:
    """How far an organization is counted; None if not at all."""
    return db.session.get(RollupMark, (org_id,), populate_existing=True)


def roll_up(org_id: UUID, *, until: datetime) -> None:
    """Count all transfers, and the events posted before `until`: a day or so many transfers in each transaction.

    Commits. `until` is `LAG` ago, unless no one else writes.
    """
    while True:
        with transaction():
            mark = _lock(org_id)
            is_done = _transfers_of(mark) & _events_of(mark, until)
        if is_done:
            return


def recount_differing(org_id: UUID) -> int:
    """Count days again that differ from what was charged. Commits. Returns how many."""
    with transaction():
        mark = _lock(org_id)
        if mark.events_until is None:
            return 0
        organization = db.session.get_one(Organization, org_id)
        zone = ZoneInfo(organization.timezone)
        last = organization.local_day(mark.events_until) - timedelta(days=1)
        found = events.days_that_differ(org_id, first=last - _COMPARED, last=last)
        for day in found:
            events.forget(org_id, day)
            since = datetime.combine(day, time(), zone)
            until = datetime.combine(day + timedelta(days=1), time(), zone)
            events.add_up(org_id, organization.timezone, since=since, until=until)
    return len(found)


def _lock(org_id: UUID) -> RollupMark:
    values = {"org_id": org_id}
    db.session.execute(
        text("INSERT INTO rollup_mark (org_id) VALUES (:org_id) ON CONFLICT DO NOTHING"), values
    )
    return db.session.get_one(RollupMark, (org_id,), populate_existing=True, with_for_update=True)


def _transfers_of(mark: RollupMark) -> bool:
    """Count the next transfers; whether those were all."""
    newest = db.session.get_one(Wallet, (mark.org_id,), populate_existing=True).last_seq
    last = min(newest, mark.last_seq + TRANSFERS)
    if last > mark.last_seq:
        transfers.add_up(mark.org_id, after=mark.last_seq, last=last)
        mark.last_seq = last
    return last == newest


def _events_of(mark: RollupMark, until: datetime) -> bool:
    """Count the events of the next day that has any; whether those were all."""
    since = events.first_posted(mark.org_id, since=mark.events_until, until=until)
    if since is None:
        mark.events_until = max(until, mark.events_until or until)
        return True
    end = min(until, since + timedelta(days=1))
    zone = db.session.get_one(Organization, mark.org_id).timezone
    events.add_up(mark.org_id, zone, since=since, until=end)
    mark.events_until = end
    return end == until
