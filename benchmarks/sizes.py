"""Section sizes: bytes on disk of an event, of its keys and of a transfer, with their indexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import psycopg

from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.figures import Figure, at_most
from benchmarks.growth import grow
from benchmarks.rounds import Caller
from benchmarks.stage import a_token, an_organization, application, conninfo, inside, usage_events

BATCH = 1_000
BATCHES = 20
TRANSFERS = 50_000
MOST_AN_EVENT = 450
MOST_A_TRANSFER = 300
_SIZE = """
SELECT pg_total_relation_size(%(name)s::regclass) + coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint
FROM pg_inherits WHERE inhparent = %(name)s::regclass"""
"""A table's size with that of its partitions."""


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """What so many more of each add."""
    app, url = application(environment), conninfo(environment)
    with inside(app):
        org_id = an_organization("Sized").id
        caller = Caller(app, {"Authorization": f"Bearer {a_token(Scope.USAGE_WRITE)}"})
    with psycopg.connect(url, autocommit=True) as owner:
        before = {name: _size(owner, name) for name in ("usage_event", "usage_digest", "transfer")}
        for _ in range(BATCHES):
            body = usage_events(uuid7(), [org_id], BATCH)
            caller.asks("POST", "/usage", body, media_type="application/cloudevents-batch+json")()
        event, key = (_size(owner, name) - before[name] for name in ("usage_event", "usage_digest"))
        count = BATCH * BATCHES
        yield at_most(
            "sizes",
            "an event: its row, its key and their indexes",
            (event + key) / count,
            MOST_AN_EVENT,
            unit=" bytes",
            floor=f"{event / count:.0f} of the event, {key / count:.0f} of the key",
        )
        before["transfer"] = _size(owner, "transfer")
        grow(url, org_id, 0, TRANSFERS)
        found = (_size(owner, "transfer") - before["transfer"]) / TRANSFERS
        yield at_most("sizes", "a transfer with its indexes", found, MOST_A_TRANSFER, unit=" bytes")


def _size(owner: psycopg.Connection, name: str) -> int:
    row = owner.execute(_SIZE, {"name": name}).fetchone()
    assert row is not None
    return int(row[0])
