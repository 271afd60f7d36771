"""Refused events: kept as they came, with the reason, and taken again once the reason is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.billing import usage_ingest
from app.billing.usage_events import Refusal, Reported
from app.extensions import db
from app.models import RejectedEvent
from app.models.columns import uuid7
from app.models.usage import NOBODY

Reader = Callable[[int, Any], Reported | Refusal]
"""Makes an event of a body, or says what is wrong with it; the first argument is the event's index."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refused event as it came; `org_id` is None where it names no organization of ours."""

    org_id: UUID | None
    source: str | None
    event_id: str | None
    body: Any
    refusal: Refusal


def keep(rejected: Iterable[Rejected], *, at: datetime) -> None:
    """Keep refused events, in the caller's transaction. Their bodies are JSON, without NUL."""
    db.session.add_all(
        RejectedEvent(
            org_id=one.org_id or NOBODY,
            id=uuid7(),
            received_at=at,
            source=one.source,
            event_id=one.event_id,
            field=one.refusal.field[:120],
            reason=one.refusal.reason,
            body=one.body,
        )
        for one in rejected
    )
    db.session.flush()


def waiting(*, limit: int = 1000) -> Sequence[RejectedEvent]:
    """The refused events that were not taken since, oldest first."""
    query = (
        select(RejectedEvent)
        .where(RejectedEvent.replayed_at.is_(None))
        .order_by(RejectedEvent.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def replay(rows: Sequence[RejectedEvent], read: Reader, *, at: datetime) -> list[tuple[RejectedEvent, str]]:
    """Take refused events again; those that are refused still, with the reason now. In the caller's transaction.

    One that was sent again and taken meanwhile counts as taken: an event is only ever counted once.
    """
    still: list[tuple[RejectedEvent, str]] = []
    events = []
    for index, row in enumerate(rows):
        event = read(index, row.body)
        if isinstance(event, Refusal):
            still.append((row, event.reason))
        else:
            events.append(event)
    receipt = usage_ingest.take(events, at=at)
    refused = {refusal.index: refusal for refusal in receipt.refused}
    for event in events:
        row = rows[event.index]
        if event.index in refused:
            row.field, row.reason = refused[event.index].field[:120], refused[event.index].reason
            still.append((row, row.reason))
        else:
            row.replayed_at = at
    db.session.flush()
    return still
