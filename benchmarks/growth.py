"""Section growth: a ledger of many transfers is as quick as one of few."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import psycopg
from flask import Flask

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import status
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Organization
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import an_organization, application, conninfo, inside

FEW = 100_000
MANY = int(os.environ.get("BENCH_TRANSFERS") or 1_000_000)
"""Ten million take about ten minutes to write: BENCH_TRANSFERS=10000000."""
ROUNDS = 60
MOST_TIMES = 1.10
_NOISE_SECONDS = 0.0003
"""What two measurements of the same differ by anyway."""


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """The same work in one organization's ledger at both sizes, in this process."""
    app = application(environment)
    url = conninfo(environment)
    with inside(app):
        org_id = an_organization("Growing").id
    grow(url, org_id, 0, FEW)
    few = _measured(app, org_id)
    grow(url, org_id, FEW, MANY)
    many = _measured(app, org_id)
    for what in few:
        yield Figure(
            section="growth",
            what=f"{what}, with {MANY:,} transfers",
            measured=f"{milliseconds(many[what])} ({many[what] / few[what]:.2f} times)",
            floor=f"{milliseconds(few[what])} with {FEW:,}",
            goal=f"at most {MOST_TIMES:g} times",
            met=many[what] <= few[what] * MOST_TIMES + _NOISE_SECONDS,
        )


def _measured(app: Flask, org_id: UUID) -> dict[str, float]:
    with inside(app):
        organization = db.session.get_one(Organization, org_id)
        work: dict[str, Callable[[], object]] = {
            "ingest of 100 events": lambda: _ingest(org_id),
            "balance": lambda: status.find(org_id),
            "newest page of history": lambda: history.page(organization, Filters()),
            "deepest page of history": lambda: history.page(organization, Filters(), before=26),
        }
        return {what: median(one) for what, one in work.items()}


def median(work: Callable[[], object]) -> float:
    """Seconds that it takes, each time in a transaction of its own."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        db.session.commit()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[ROUNDS // 6 :])


def _ingest(org_id: UUID) -> None:
    now, name = utc_now(), str(uuid7())
    events = [
        Reported(place, org_id, "benchmark", f"{name}-{place}", "tokens_in", 100, now) for place in range(100)
    ]
    ingest.ingest(events, at=now)


def grow(url: str, org_id: UUID, start: int, end: int) -> None:
    """Credits of one dollar, written in one go: the wallet's row and the next position are synced."""
    with psycopg.connect(url) as connection:
        last = connection.execute("SELECT last_seq FROM wallet WHERE org_id = %s", [org_id]).fetchone()
        assert last is not None
        first = last[0]
        values = {"org": org_id, "first": first, "count": end - start, "at": utc_now() - timedelta(days=400)}
        connection.execute(_LINES, values)
        connection.execute(_TRANSFERS, values)
        connection.execute(_WALLET, values)
        connection.execute(_ACCOUNTS, values)
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE wallet_line, transfer")


_LINES = """
INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, amount_micro, detail)
SELECT %(org)s, gen_random_uuid(), seq, seq, current_date - 1, %(at)s + seq * interval '1 second', 'credit',
    1000000, ''
FROM generate_series(%(first)s + 1, %(first)s + %(count)s) AS seq"""
_TRANSFERS = """
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, gen_random_uuid(), seq, 'adjustments', 'wallet', amount_micro, seq * 1000000, 'credit',
    'benchmark:' || seq, id, amount_micro, at, at
FROM wallet_line WHERE org_id = %(org)s AND seq > %(first)s AND kind = 'credit'"""
_WALLET = """
UPDATE wallet SET last_seq = last_seq + %(count)s, posted_micro = posted_micro + %(count)s * 1000000::bigint,
    version = version + 1, state = 'active' WHERE org_id = %(org)s"""
_ACCOUNTS = """
UPDATE account SET balance_micro = balance_micro
    + CASE name WHEN 'wallet' THEN 1 ELSE -1 END * %(count)s * 1000000::bigint
WHERE org_id = %(org)s AND name IN ('wallet', 'adjustments')"""
