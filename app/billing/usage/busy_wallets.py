"""A batch while one organization's wallet is locked: the other organizations' events are ingested without it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.billing.usage import reports
from app.billing.usage.events import Reported, Sender
from app.billing.wallet import batches, lock_queue
from app.extensions import db
from app.models.scope import scoped_to


def split(raw_events: Mapping[int, bytes], sender: Sender) -> tuple[dict[int, bytes], frozenset[UUID]]:
    """Split events by whether their organization's wallet is free or locked at this moment.

    Ends the transaction: a wallet that is free now may be locked a moment later, and is then waited for as usual.
    """
    org_of = {index: _organization(index, raw, sender) for index, raw in raw_events.items()}
    asked = {org_id for org_id in org_of.values() if org_id is not None}
    # A platform token only sees the organizations of its batch.
    with scoped_to(*asked):
        busy = batches.find_locked(asked)
    db.session.rollback()
    lock_queue.mark_stuck(busy)
    return {index: raw for index, raw in raw_events.items() if org_of[index] not in busy}, busy


def _organization(index: int, raw: bytes, sender: Sender) -> UUID | None:
    event = reports.read(index, raw, sender)
    return event.org_id if isinstance(event, Reported) else None
