"""Replays rejected events, each on behalf of its original sender.

All selected events are processed, in batches that are committed one by one, so an unreadable one never hides later
ones. If a batch fails as a whole, its events are processed one by one, so that no event affects another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from app.billing.usage import defects, ingest, rejections, reports
from app.billing.usage.events import Refusal, Reported, Sender
from app.billing.usage.rejections import Filters
from app.extensions import db
from app.models import RejectedEvent
from app.transaction import transaction

log = structlog.get_logger("billing.usage")

BATCH = 200
_CUT_OFF = "Only its beginning could be stored, so it can't be replayed. It must be sent again."


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of a batch: how many events were accepted, and which are still rejected, with the current
    reason."""

    taken: int
    still: list[tuple[UUID, str]]


def replay(filters: Filters, *, at: datetime) -> Iterator[Replayed]:
    """Replay rejected events in batches, each committed. Events rejected meanwhile are not included.

    An event is validated again on behalf of its sender: the token's organization is stored with it, and never
    changes. A token that was revoked since doesn't invalidate what it reported before.
    """
    chosen = replace(filters, until=at)
    after = None
    while rows := rejections.waiting(chosen, after=after, limit=BATCH):
        ids = [row.id for row in rows]
        after = ids[-1]
        yield _batch(ids, at)


def _batch(ids: Sequence[UUID], at: datetime) -> Replayed:
    try:
        with transaction():
            return _take(ids, at)
    except OperationalError:
        # The database is unavailable: the caller gets the error, and nothing is half done.
        raise
    except Exception:
        if len(ids) > 1:
            parts = [_batch([one], at) for one in ids]
            return Replayed(sum(one.taken for one in parts), [row for one in parts for row in one.still])
        log.exception("replay_failed", rejected_event=str(ids[0]))
        return Replayed(0, [(ids[0], reports.UNRECORDED)])


def _take(ids: Sequence[UUID], at: datetime) -> Replayed:
    """Replay in the caller's transaction. An event that was sent again and recorded in the meantime counts as
    accepted."""
    rows = rejections.waiting(Filters(ids=tuple(ids)), limit=len(ids))
    still: list[tuple[UUID, str]] = []
    events: list[Reported] = []
    for index, row in enumerate(rows):
        event = _read(index, row)
        if isinstance(event, Refusal):
            _refuse(row, event, still)
        else:
            events.append(event)
    refused = {refusal.index: refusal for refusal in ingest.ingest(events, at=at).refused}
    for event in events:
        if event.index in refused:
            _refuse(rows[event.index], refused[event.index], still)
        else:
            rows[event.index].replayed_at = at
    db.session.flush()
    return Replayed(len(rows) - len(still), still)


def _read(index: int, row: RejectedEvent) -> Reported | Refusal:
    if defects.is_beginning(row.body):
        return Refusal(index, row.field, _CUT_OFF)
    sender = Sender(row.token_id, row.sender_org_id)
    return reports.read(index, json.dumps(row.body).encode(), sender)


def _refuse(row: RejectedEvent, refusal: Refusal, still: list[tuple[UUID, str]]) -> None:
    row.field, row.reason = refusal.field[:120], refusal.reason
    still.append((row.id, refusal.reason))
