"""A report of usage as it comes: read, taken, and what was refused of it kept. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.billing import usage_cloudevents, usage_ingest, usage_rejections
from app.billing.usage_events import Refusal, Reported
from app.billing.usage_ingest import Receipt
from app.billing.usage_rejections import Rejected


def take(raw_events: Sequence[bytes], *, only: UUID | None, at: datetime) -> Receipt:
    """Take a batch of events' JSON; `only` is the one organization that the sender may report for, if it is one."""
    events: list[Reported] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(raw_events):
        event = usage_cloudevents.read(index, raw)
        if isinstance(event, Reported) and only is not None and event.org_id != only:
            event = Refusal(index, "data.organization", "This token is for another organization.")
        if isinstance(event, Refusal):
            refused.append(event)
        else:
            events.append(event)
    receipt = usage_ingest.take(events, at=at)
    receipt.refused = sorted([*receipt.refused, *refused], key=lambda refusal: refusal.index)
    by_index = {event.index: event for event in events}
    usage_rejections.keep(
        (_rejected(raw_events[one.index], by_index.get(one.index), one) for one in receipt.refused), at=at
    )
    return receipt


def _rejected(raw: bytes, event: Reported | None, refusal: Refusal) -> Rejected:
    body = usage_cloudevents.kept(raw)
    source, event_id = usage_cloudevents.names_of(body)
    is_ours = event is not None and refusal.field != "organization"
    return Rejected(event.org_id if event and is_ours else None, source, event_id, body, refusal)
