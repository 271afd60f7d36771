"""Writing rated events and their daily totals, many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.billing.arrays import columns
from app.billing.rating import Charge
from app.billing.usage_events import Reported
from app.extensions import driver_connection

_KNOWN = """
SELECT k.org_id, k.source, k.event_id, k.digest FROM usage_key k
JOIN unnest(%s::uuid[], %s::text[], %s::text[]) AS asked (org_id, source, event_id)
    ON k.org_id = asked.org_id AND k.source = asked.source AND k.event_id = asked.event_id"""

_KEYS = """
INSERT INTO usage_key (org_id, source, event_id, digest, at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[])"""

_EVENTS = """
INSERT INTO usage_event (org_id, source, event_id, at, posted_at, meter, quantity, billable, included, amount_micro,
    plan, version, call, campaign, agent, number, hold, corrects_source, corrects_id)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"""

_DAILY = """
INSERT INTO usage_daily AS total (org_id, day, meter, campaign, agent, posted_on, is_correction, quantity, included,
    amount_micro)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bool[],
    %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (org_id, day, meter, campaign, agent, posted_on, is_correction) DO UPDATE SET
    quantity = total.quantity + excluded.quantity, included = total.included + excluded.included,
    amount_micro = total.amount_micro + excluded.amount_micro"""

EventKey = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class RatedEvent:
    """An event with what it cost. `at` is when it was used: of a correction, when what it corrects was.

    A correction's `quantity` and `charge` are differences. `digest` is that of the event as it came.
    """

    event: Reported
    digest: bytes
    at: datetime
    day: date
    posted_on: date
    quantity: int
    charge: Charge
    plan: str
    version: str


def digests_of(keys: Iterable[EventKey]) -> dict[EventKey, bytes]:
    """Of these keys those that were taken before, with the digest of what was taken. One statement."""
    wanted = list(keys)
    if not wanted:
        return {}
    found = driver_connection().execute(_KNOWN, columns(wanted))
    return {(org_id, source, event_id): bytes(digest) for org_id, source, event_id, digest in found}


def write(rated: list[RatedEvent], *, posted_at: datetime) -> None:
    """Write events, their keys and the daily totals. Three statements."""
    if not rated:
        return
    connection = driver_connection()
    # A key is kept for as long as its own event could come again, whatever the time of what it corrects.
    connection.execute(_KEYS, columns((*one.event.key, one.digest, one.event.at) for one in rated))
    connection.execute(_EVENTS, columns(_event_row(one, posted_at) for one in rated))
    totals: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in rated:
        event = one.event
        total = totals[
            event.org_id,
            one.day,
            event.meter,
            event.campaign or "",
            event.agent or "",
            one.posted_on,
            event.corrects is not None,
        ]
        total[0] += one.quantity
        total[1] += one.charge.included
        total[2] += one.charge.amount.micro
    connection.execute(_DAILY, columns((*key, *values) for key, values in sorted(totals.items())))


def _event_row(one: RatedEvent, posted_at: datetime) -> tuple[Any, ...]:
    event, charge = one.event, one.charge
    return (
        *event.key,
        one.at,
        posted_at,
        event.meter,
        one.quantity,
        charge.billable,
        charge.included,
        charge.amount.micro,
        one.plan,
        one.version,
        event.call,
        event.campaign,
        event.agent,
        event.number,
        event.hold,
        *(event.corrects or (None, None)),
    )
