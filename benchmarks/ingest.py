"""Section ingest: usage over HTTP, beside a plain multi-row insert of the same rows into the same indexes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from uuid import UUID

import psycopg

from app.database.arrays import columns
from app.people.tokens import Scope
from benchmarks.figures import Figure
from benchmarks.stage import (
    METERS,
    Connection,
    a_token,
    an_organization,
    application,
    conninfo,
    inside,
    usage_events,
)
from dev.errors import ToolError

BATCH = 1_000
BATCHES = 60
WARM_UP = 6
CLIENTS = 4
PATIENCE = 5
ORGANIZATIONS = 1_000
LEAST_A_SECOND = 20_000
LEAST_OF_THE_FLOOR = 0.5
_KEPT = "usage_digest", "usage_event"


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """One organization in all batches, one a batch, and a thousand in each, beside the floor."""
    with inside(application(environment)):
        ids = [an_organization(f"Measured {number}").id for number in range(ORGANIZATIONS)]
        token = a_token(Scope.USAGE_WRITE)
    service = _Service(environment["PUBLIC_URL"], token)
    floor = _floor(conninfo(environment), ids)
    for what, chosen in (
        ("one organization", [ids[:1]] * (BATCHES + WARM_UP)),
        ("1,000 organizations, one a batch", [[one] for one in ids[: BATCHES + WARM_UP]]),
        ("1,000 organizations in each batch", [ids] * (BATCHES + WARM_UP)),
    ):
        rate = service.rate(chosen)
        yield Figure(
            section="ingest",
            what=f"usage over HTTP, batches of {BATCH:,}, {what}",
            measured=f"{rate:,.0f} events/s ({rate / floor:.2f} of the floor)",
            floor=f"{floor:,.0f} rows/s",
            goal=f"{LEAST_A_SECOND:,}/s and {LEAST_OF_THE_FLOOR:g}",
            met=rate >= LEAST_A_SECOND and rate >= LEAST_OF_THE_FLOOR * floor,
        )


@dataclass
class _Service:
    address: str
    token: str
    numbers: Iterator[int] = count()  # noqa: RUF009 - one run, one count

    def rate(self, chosen: Sequence[Sequence[UUID]]) -> float:
        """Events a second, of batches made before; each batch is of the organizations chosen for it."""
        bodies = [usage_events(next(self.numbers), ids, BATCH) for ids in chosen]
        self._send(bodies[:WARM_UP])
        started = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(self._send, [bodies[WARM_UP + first :: CLIENTS] for first in range(CLIENTS)]))
        return (len(bodies) - WARM_UP) * BATCH / (time.perf_counter() - started)

    def _send(self, bodies: Sequence[bytes]) -> None:
        connection = Connection(self.address, self.token)
        for body in bodies:
            # As a platform does: what is recorded counts once, and a wallet may be locked by another batch.
            for _ in range(PATIENCE):
                status, receipt = connection.post("/usage", body, "application/cloudevents-batch+json")
                if status != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
            if status != 200 or receipt["accepted"] + receipt["duplicates"] != BATCH:
                raise ToolError(f"A batch was answered with {status}: {receipt}")
        connection.close()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _floor(url: str, ids: Sequence[UUID]) -> float:
    """Events a second that one writer inserts, the key and the event of each, from arrays made before."""
    now = datetime.now(UTC)
    batches = [
        [
            (str(ids[place % len(ids)]), "https://portal.example/calls", f"floor-{batch}-{place}", now)
            for place in range(BATCH)
        ]
        for batch in range(BATCHES)
    ]
    keys = [
        columns((org_id, _digest(source + event_id), "0" * 32, at) for org_id, source, event_id, at in batch)
        for batch in batches
    ]
    events = [columns(_event(key, place) for place, key in enumerate(batch)) for batch in batches]
    with psycopg.connect(url) as connection:
        for table in _KEPT:
            connection.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        for key_rows, event_rows in zip(keys, events, strict=True):
            connection.execute(_KEYS, key_rows)
            connection.execute(_EVENTS, event_rows)
            connection.commit()
        return BATCHES * BATCH / (time.perf_counter() - started)


def _event(key: tuple[str, str, str, datetime], place: int) -> tuple[object, ...]:
    now = key[3]
    meter, call, campaign = METERS[place % 5], f"call-{place // 5}", f"Campaign {place % 7}"
    return (*key, now, meter, 60, 60, 0, 30_000, "starter", "2026-12.4", call, campaign, f"Agent {place % 5}")


_KEYS = """
INSERT INTO floor_usage_digest (org_id, key, content, at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[])"""
_EVENTS = """
INSERT INTO floor_usage_event (org_id, source, event_id, at, posted_at, meter, quantity, billable, included,
    amount_micro, plan, version, call, campaign, agent)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[])"""
