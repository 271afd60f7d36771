"""Retention of usage events: monthly partitions, created ahead and detached when they expire.

Daily totals and transfers are kept permanently. An event's deduplication key (`usage_digest`) is only deleted once
the event would be too late to be accepted anyway, so nothing is ever counted twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import TextClause, func, select, text

from app.billing import catalog
from app.billing.usage.events import EARLY
from app.extensions import db
from app.transaction import transaction

AHEAD = 2
"""How many months are created ahead."""
_BATCH = 20_000
_OLD_KEYS = [
    text(
        f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE at < :before LIMIT :batch) RETURNING 1"  # noqa: S608
    )
    for table in ("usage_digest", "usage_key")
]
_NAME = re.compile(r"usage_event_([0-9]{4})_([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Changes:
    """Months (their first days) that were created and detached, and how many keys were deleted."""

    made: list[date]
    detached: list[date]
    keys: int


def maintain_partitions(now: datetime, *, months_kept: int) -> Changes:
    """Create upcoming months, detach those before the last `months_kept`, and delete keys of events that are too late
    by now.

    Commits. A new month takes over its events from the default partition; a detached one becomes its own table,
    `usage_event_2026_11`, to be archived or dropped. Months for which late events are still accepted are never
    detached.
    """
    first = _month(now - timedelta(days=catalog.current().late_days))
    there = set(months())
    wanted = _range(first, _month(now) + relativedelta(months=AHEAD))
    made = [month for month in wanted if month not in there]
    for month in made:
        # The tables belong to another role, on whose behalf these functions run (migration 0027).
        with transaction():
            db.session.execute(select(func.make_usage_month(month)))
    oldest = min(_month(now) - relativedelta(months=months_kept), first)
    detached = sorted(month for month in there if month < oldest)
    for month in detached:
        with transaction():
            db.session.execute(select(func.detach_usage_month(month)))
    return Changes(made, detached, _remove_keys(now))


def months() -> list[date]:
    """The months that have a partition, in order."""
    query = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'usage_event'::regclass")
    found = [_NAME.fullmatch(name) for name in db.session.scalars(query)]
    return sorted(date(int(match[1]), int(match[2]), 1) for match in found if match)


def _remove_keys(now: datetime) -> int:
    """Delete keys in batches, so that no one waits for a long transaction; also those of the version before."""
    before = now - timedelta(days=catalog.current().late_days) - 2 * EARLY
    removed = 0
    for query in _OLD_KEYS:
        while count := _execute_counting(query, {"before": before, "batch": _BATCH}):
            removed += count
    return removed


def _execute_counting(query: TextClause, values: dict[str, Any]) -> int:
    with transaction():
        return len(db.session.execute(query, values).all())


def _range(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [first + relativedelta(months=number) for number in range(count)]


def _month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)
