"""A usage report: decoded, ingested, and its rejected events stored. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app import metrics
from app.billing.usage import cloudevents, defects, ingest, rejections
from app.billing.usage.events import Refusal, Reported, Sender
from app.billing.usage.ingest import Receipt
from app.billing.usage.rejections import Rejected
from app.models.scope import scoped_to

UNRECORDED = "Could not be recorded because of an error on our side, which was logged. It can be replayed."


def ingest_batch(raw_events: Mapping[int, bytes], sender: Sender, *, at: datetime) -> Receipt:
    """Ingest JSON events by their positions in the batch. Rejected events are stored with their sender."""
    events: list[Reported] = []
    refused: list[Refusal] = []
    for one in cloudevents.read_many(raw_events):
        event = _allowed(one, sender)
        if isinstance(event, Refusal):
            refused.append(event)
        else:
            events.append(event)
    # A platform token only sees the organizations of its batch.
    with scoped_to(*{event.org_id for event in events}):
        receipt = ingest.ingest(events, at=at)
    receipt.refused = sorted([*receipt.refused, *refused], key=lambda refusal: refusal.index)
    by_index = {event.index: event for event in events}
    found = [_rejected(raw_events[one.index], by_index.get(one.index), one) for one in receipt.refused]
    receipt.unkept = rejections.store(found, sender, at=at)
    if events:
        metrics.INGEST_LAG_SECONDS.observe(max(0.0, (at - min(event.at for event in events)).total_seconds()))
    return receipt


def refuse(index: int, raw: bytes, sender: Sender, *, at: datetime) -> Receipt:
    """Reject and store an event that couldn't be recorded."""
    refusal = Refusal(index, "", UNRECORDED)
    unkept = rejections.store([_rejected(raw, None, refusal)], sender, at=at)
    return Receipt(refused=[refusal], unkept=unkept)


def read(index: int, raw: bytes, sender: Sender) -> Reported | Refusal:
    """An event that this sender may report, or why not. The same for a report and for its replay."""
    return _allowed(cloudevents.read(index, raw), sender)


def _allowed(event: Reported | Refusal, sender: Sender) -> Reported | Refusal:
    if isinstance(event, Reported) and (reason := sender.why_not_for(event.org_id)):
        return Refusal(event.index, "data.organization", reason)
    return event


def _rejected(raw: bytes, event: Reported | None, refusal: Refusal) -> Rejected:
    source, event_id = defects.names_of(raw)
    is_ours = event is not None and refusal.field != "organization"
    org_id = event.org_id if event and is_ours else None
    return Rejected(org_id, source, event_id, defects.body_of(raw), rejections.digest(raw), refusal)
