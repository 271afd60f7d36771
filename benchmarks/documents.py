"""Section documents: the statement of a month of very many lines, and an export of them, beside the rows read raw.

In this process: CPU of it and of the database's backends a line, and how much memory the whole takes.
"""

from __future__ import annotations

import csv
import io
import os
import resource
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import psycopg
from flask import Flask

from app.billing import statements
from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.months import Month
from benchmarks.backends import Backends
from benchmarks.figures import Figure, at_most, ratio_of
from benchmarks.growth import grow
from benchmarks.rounds import in_turn
from benchmarks.stage import an_organization, application, conninfo, inside

LINES = int(os.environ.get("BENCH_LINES") or 50_000)
"""A month of a million lines takes some minutes: BENCH_LINES=1000000, as `make bench-long` does."""
ROUNDS = 3
MOST_MEGABYTES = 100
_ROWS = """
SELECT seq, at, kind, usage_group, amount_micro, detail FROM wallet_line WHERE org_id = %s ORDER BY seq DESC"""


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """A statement with its lines, and all entries of the history, from the first line to the last."""
    app, url = application(environment), conninfo(environment)
    with inside(app):
        org_id = an_organization("Documented").id
    grow(url, org_id, 0, LINES)
    backends = Backends(app)
    raw = psycopg.connect(url)
    backends.note(raw)
    before = _megabytes()
    seconds = in_turn(
        {
            "raw": (lambda: [lambda: _read_raw(raw, org_id)], LINES),
            "statement": (lambda: [_within(app, org_id, _read_statement)], LINES),
            "export": (lambda: [_within(app, org_id, _read_history)], LINES),
        },
        backends.cpu,
        rounds=ROUNDS,
    )
    for what, name in (("a statement", "statement"), ("an export of the history", "export")):
        yield ratio_of(
            "documents",
            f"{what} of {LINES:,} lines, in process: CPU a line",
            seconds[name],
            seconds["raw"],
            most=None,
            by="for the same rows read raw and written as CSV",
        )
    yield at_most(
        "documents",
        f"memory that documents of {LINES:,} lines take",
        _megabytes() - before,
        MOST_MEGABYTES,
        unit=" MB",
    )


def _within(app: Flask, org_id: UUID, read: Callable[[Organization], None]) -> Callable[[], None]:
    def work() -> None:
        with inside(app):
            read(db.session.get_one(Organization, org_id))
            db.session.rollback()

    return work


def _read_statement(organization: Organization) -> None:
    yesterday = organization.local_day(utc_now()) - timedelta(days=1)
    _, lines = statements.gather_with_lines(organization, Month.of(yesterday))
    deque(lines, maxlen=0)


def _read_history(organization: Organization) -> None:
    deque(history.list_all_entries(organization, Filters()), maxlen=0)


def _read_raw(connection: psycopg.Connection, org_id: UUID) -> None:
    with connection.cursor("raw") as cursor:
        cursor.itersize = 2_000
        out = csv.writer(io.StringIO())
        for row in cursor.execute(_ROWS, [org_id]):
            out.writerow(row)
    connection.rollback()


def _megabytes() -> float:
    """The most that this process has had in memory (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
