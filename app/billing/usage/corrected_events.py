"""The events that corrections name, as they are after their corrections so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.billing.usage.events import Reported
from app.database.arrays import columns
from app.extensions import driver_connection

_CORRECTED = """
SELECT event.org_id, event.source, event.event_id, event.at, event.meter, event.plan, event.version,
    event.call, event.campaign, event.agent, event.number, event.direction, event.country,
    event.posted_at, event.corrects_id IS NOT NULL,
    event.quantity + coalesce(sum(other.quantity), 0)::bigint,
    event.billable + coalesce(sum(other.billable), 0)::bigint,
    max(key.at)
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS asked (org_id, source, event_id)
JOIN usage_event event ON event.org_id = asked.org_id AND event.source = asked.source
    AND event.event_id = asked.event_id
LEFT JOIN usage_event other ON other.org_id = event.org_id AND other.corrects_source = event.source
    AND other.corrects_id = event.event_id
LEFT JOIN usage_key key ON key.org_id = other.org_id AND key.source = other.source AND key.event_id = other.event_id
GROUP BY event.org_id, event.at, event.source, event.event_id"""


@dataclass(slots=True)
class Corrected:
    """An event after its corrections so far; `corrected_at` is the time of the latest one.

    That is removed once the correction is so old that an earlier one would not be accepted any more.
    """

    at: datetime
    meter: str
    plan: str
    version: str
    call: str | None
    campaign: str | None
    agent: str | None
    number: str | None
    direction: str | None
    country: str | None
    posted_at: datetime
    is_correction: bool
    quantity: int
    billable: int
    corrected_at: datetime | None


def find_corrected(events: Iterable[Reported]) -> dict[tuple[UUID, str, str], Corrected]:
    """What corrections name of their organizations' events, by organization, source and id. One statement."""
    keys = sorted({(event.org_id, *event.corrects) for event in events if event.corrects})
    if not keys:
        return {}
    rows: Any = driver_connection().execute(_CORRECTED, columns(keys))
    return {(row[0], row[1], row[2]): Corrected(*row[3:]) for row in rows}
