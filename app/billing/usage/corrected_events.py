"""The events that corrections name, as they are after their corrections so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.billing.usage.events import Reported
from app.billing.usage.keys import key_of
from app.database.arrays import array, columns
from app.extensions import driver_connection

_TIMES = """
SELECT digest.at FROM unnest(%s::uuid[], %s::uuid[]) AS asked (org_id, key)
JOIN usage_digest digest ON digest.org_id = asked.org_id AND digest.key = asked.key"""

_EVENT = """
SELECT org_id::text, source, event_id, at, meter, plan, version, call, campaign, agent, number, direction, country,
    posted_at, corrects_id IS NOT NULL, quantity, billable
FROM usage_event WHERE org_id = ANY(%s::uuid[])
    AND hashtextextended(event_id, 0) = ANY(ARRAY(SELECT hashtextextended(one, 0) FROM unnest(%s::text[]) AS one))"""
_BY_TIME = _EVENT + " AND at = ANY(%s::timestamptz[])"
_OTHERS = """
SELECT other.org_id::text, other.corrects_source, other.corrects_id, sum(other.quantity)::bigint,
    sum(other.billable)::bigint, max(digest.at)
FROM usage_event other LEFT JOIN usage_digest digest
    ON digest.org_id = other.org_id AND digest.key = usage_key_of(other.source, other.event_id)
WHERE other.org_id = ANY(%s::uuid[]) AND other.corrects_source = ANY(%s::text[])
    AND other.corrects_id = ANY(%s::text[])
GROUP BY other.org_id, other.corrects_source, other.corrects_id"""
"""These return a few rows more than are asked for. Joins would be exact; but for a month's first events, about which
the planner knows nothing, it looked for each of a thousand among all events of its organization."""

EventName = tuple[str, str, str]
"""Organization, source and id. An organization's id is text here, which is faster to look up and to send."""


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
    corrected_at: datetime | None = None


def find_corrected(events: Iterable[Reported]) -> dict[EventName, Corrected]:
    """What corrections name of their organizations' events, by organization, source and id.

    Three statements, and another one where not all are found by their keys: because they are too old to be sent
    again, or corrections, whose key has another time.
    """
    keys = {(str(event.org_id), *event.corrects) for event in events if event.corrects}
    if not keys:
        return {}
    connection, found = driver_connection(), {}
    asked = columns((org_id, key_of(source, event_id)) for org_id, source, event_id in sorted(keys))
    times = {row[0] for row in connection.execute(_TIMES, asked)}
    if times:
        rows = connection.execute(_BY_TIME, (_distinct(keys, 0), _distinct(keys, 2), array(sorted(times))))
        found = _among(keys, rows)
    if missing := keys - found.keys():
        found |= _among(missing, connection.execute(_EVENT, (_distinct(missing, 0), _distinct(missing, 2))))
    for row in connection.execute(_OTHERS, [_distinct(keys, place) for place in range(3)]):
        one = found.get(row[:3])
        if one is not None:
            one.quantity += row[3]
            one.billable += row[4]
            one.corrected_at = row[5]
    return found


def _distinct(keys: Iterable[EventName], place: int) -> str:
    return array(sorted({key[place] for key in keys}))


def _among(keys: Collection[EventName], rows: Iterable[Any]) -> dict[EventName, Corrected]:
    return {row[:3]: Corrected(*row[3:]) for row in rows if row[:3] in keys}
