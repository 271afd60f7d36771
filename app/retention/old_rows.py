"""Deleting old rows of organizations: ended holds, messages that have left, emails, invitations that are over.

Many organizations in one statement, one after the other by their ids, some rows in each transaction. Where the time
is over, it says which is next, so that another run carries on there: a night reaches all, however many there are.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, text

from app.clock import utc_now
from app.database.conditions import log_failure
from app.extensions import db
from app.models import Organization
from app.models.scope import scoped_to
from app.retention.rules import RULES, Kept, values_of
from app.transaction import end_reading, transaction

log = structlog.get_logger("billing.retention")

BATCH = 2_000
"""How many rows one statement deletes."""
TOGETHER = 500
"""How many organizations one statement looks at."""
PART = 20_000
"""How many organizations are a part, which can be done beside the others."""

LOWEST, HIGHEST = UUID(int=0), UUID(int=(1 << 128) - 1)


def parts() -> list[tuple[UUID, UUID]]:
    """The first and the last id of each part: together all that there are, and that will be."""
    query = text("""
        SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM organization) AS numbered
        WHERE number > 1 AND number % :size = 1 ORDER BY id""")
    starts = [LOWEST, *db.session.scalars(query, {"size": PART})]
    ends = [UUID(int=start.int - 1) for start in starts[1:]]
    return list(zip(starts, [*ends, HIGHEST], strict=True))


def delete_old(
    kept: Kept, *, first: UUID = LOWEST, last: UUID = HIGHEST, seconds: float = float("inf")
) -> UUID | None:
    """Delete what is old of the organizations from `first` to `last`, for so many seconds. Commits in batches.

    Returns from where to carry on, or None if that was all. An organization that fails is logged, and stops no other.
    """
    now, end = utc_now(), time.monotonic() + seconds
    while org_ids := _next(first, last):
        deleted, is_done = _delete(org_ids, kept, now=now, end=end)
        if deleted.total():
            log.info("old_rows_deleted", first=str(org_ids[0]), organizations=len(org_ids), **deleted)
        if not is_done:
            return org_ids[0]
        if org_ids[-1] >= last:
            return None
        first = UUID(int=org_ids[-1].int + 1)
        if time.monotonic() > end:
            return first
    return None


def delete_old_of(org_id: UUID, kept: Kept, *, now: datetime) -> dict[str, int]:
    """Delete what is old of one organization. Returns how many rows, by table; commits in batches."""
    deleted, _ = _delete_all([org_id], kept, now=now, end=float("inf"))
    return {rule.table: deleted[rule.table] for rule in RULES}


def overdue(org_ids: Sequence[UUID], kept: Kept, *, now: datetime) -> dict[str, timedelta]:
    """For how long the oldest row of these organizations that should be gone has been old, by table; zero if none
    is."""
    found = {}
    for rule in RULES:
        values = values_of(rule, org_ids, kept, now=now, batch=1)
        since = db.session.scalar(rule.oldest, values)
        found[rule.table] = values["before"] - since if since is not None else timedelta()
    return found


def next_organizations(first: UUID, count: int) -> list[UUID]:
    """The next ids of organizations, from `first` on."""
    query = select(Organization.id).where(Organization.id >= first).order_by(Organization.id).limit(count)
    return list(db.session.scalars(query))


def _next(first: UUID, last: UUID) -> list[UUID]:
    found = [one for one in next_organizations(first, TOGETHER) if one <= last]
    end_reading()
    return found


def _delete(org_ids: Sequence[UUID], kept: Kept, *, now: datetime, end: float) -> tuple[Counter[str], bool]:
    """Of organizations together; where that fails, of each by itself, so that it is said which one it is."""
    try:
        return _delete_all(org_ids, kept, now=now, end=end)
    except Exception:
        db.session.rollback()
        log.warning("old_rows_not_deleted_together", first=str(org_ids[0]), organizations=len(org_ids))
    deleted: Counter[str] = Counter()
    for org_id in org_ids:
        try:
            with scoped_to(org_id):
                deleted += _delete_all([org_id], kept, now=now, end=float("inf"))[0]
        except Exception as error:
            db.session.rollback()
            log_failure(log, "job_failed_for_one", error, job="delete_old_rows", item=str(org_id))
    return deleted, True


def _delete_all(
    org_ids: Sequence[UUID], kept: Kept, *, now: datetime, end: float
) -> tuple[Counter[str], bool]:
    """How many rows, by table, and whether that was all by `end` (monotonic)."""
    deleted: Counter[str] = Counter()
    for rule in RULES:
        count = BATCH
        while count == BATCH:
            if time.monotonic() > end and deleted.total():
                return deleted, False
            with transaction():
                values = values_of(rule, org_ids, kept, now=now, batch=BATCH)
                count = len(db.session.execute(rule.delete, values).all())
            deleted[rule.table] += count
    return deleted, True
