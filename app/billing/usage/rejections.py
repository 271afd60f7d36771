"""Rejected events: stored as received, with sender and reason, so that they can be replayed once the cause is fixed.

What is stored is bounded: the same event of a sender once, so many of each sender, and each for so long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, TextClause, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.billing.usage.events import Refusal, Sender
from app.extensions import db
from app.ids import uuid7
from app.models import RejectedEvent
from app.models.scope import Reason, seeing_all
from app.models.usage import NO_ONE
from app.transaction import transaction

MOST_OF_A_SENDER = 10_000
"""The most rejected events of one token that are stored at a time. Further ones are rejected but not stored."""
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected event as received; `org_id` is None if it names no organization we know."""

    org_id: UUID | None
    source: str | None
    event_id: str | None
    body: Any
    digest: bytes
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters for rejected events: by token (None for unknown senders), by field or text in the reason, by
    organization, by time received. `ids` selects single ones."""

    ids: tuple[UUID, ...] = ()
    senders: tuple[UUID | None, ...] = ()
    field: str | None = None
    reason: str | None = None
    org_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        row = RejectedEvent
        found: list[ColumnElement[bool]] = [row.replayed_at.is_(None)]
        if self.ids:
            found.append(row.id.in_(self.ids))
        if self.senders:
            known = row.token_id.in_([one for one in self.senders if one is not None])
            found.append(known | row.token_id.is_(None) if None in self.senders else known)
        if self.field is not None:
            found.append(row.field == self.field)
        if self.reason is not None:
            found.append(row.reason.icontains(self.reason, autoescape=True))
        if self.org_id is not None:
            found.append(row.org_id == self.org_id)
        if self.since is not None:
            found.append(row.received_at >= self.since)
        if self.until is not None:
            found.append(row.received_at <= self.until)
        return found


def digest(raw: bytes) -> bytes:
    """A hash of the bytes of an event."""
    return hashlib.blake2b(raw, digest_size=16).digest()


@seeing_all(Reason.REFUSED_EVENTS)
def store(rejected: Sequence[Rejected], sender: Sender, *, at: datetime) -> list[int]:
    """Store rejected events, in the caller's transaction. Returns the batch positions of those that were not stored,
    because too many of this sender are already waiting. One that is already waiting is not stored again."""
    if not rejected:
        return []
    room = MOST_OF_A_SENDER - _waiting_of(sender)
    stored, unkept = rejected[: max(room, 0)], rejected[max(room, 0) :]
    if stored:
        rows = [_row(one, sender, at) for one in stored]
        db.session.execute(insert(RejectedEvent).on_conflict_do_nothing(), rows)
    return [one.refusal.index for one in unkept]


def waiting(filters: Filters, *, after: UUID | None = None, limit: int) -> Sequence[RejectedEvent]:
    """List rejected events not accepted since, oldest first, starting after `after`."""
    query = select(RejectedEvent).where(*filters.conditions())
    if after is not None:
        query = query.where(RejectedEvent.id > after)
    return db.session.scalars(query.order_by(RejectedEvent.id).limit(limit)).all()


def count(filters: Filters, *, after: UUID | None = None) -> int:
    """Count those after `after`."""
    query: Select[Any] = select(func.count()).select_from(RejectedEvent).where(*filters.conditions())
    if after is not None:
        query = query.where(RejectedEvent.id > after)
    return db.session.scalar(query) or 0


def remove_old(now: datetime, *, days_kept: int) -> int:
    """Delete events received more than `days_kept` days ago, accepted since or not. Commits in batches.
    Returns the number deleted."""
    query = text(
        "DELETE FROM rejected_event WHERE ctid IN"
        " (SELECT ctid FROM rejected_event WHERE received_at < :before LIMIT :batch) RETURNING 1"
    )
    values = {"before": now - timedelta(days=days_kept), "batch": _BATCH}
    removed = 0
    while found := _execute_counting(query, values):
        removed += found
    return removed


def _execute_counting(query: TextClause, values: dict[str, Any]) -> int:
    with transaction():
        return len(db.session.execute(query, values).all())


def _waiting_of(sender: Sender) -> int:
    """Count a sender's waiting events, up to the limit."""
    few = (
        select(RejectedEvent.id)
        .where(RejectedEvent.token_id == sender.token_id, RejectedEvent.replayed_at.is_(None))
        .limit(MOST_OF_A_SENDER)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(few)) or 0


def _row(one: Rejected, sender: Sender, at: datetime) -> dict[str, Any]:
    return {
        "org_id": one.org_id or NO_ONE,
        "id": uuid7(),
        "received_at": at,
        "token_id": sender.token_id,
        "sender_org_id": sender.org_id,
        "source": one.source,
        "event_id": one.event_id,
        "field": one.refusal.field[:120],
        "reason": one.refusal.reason,
        "body": one.body,
        "digest": one.digest,
    }
