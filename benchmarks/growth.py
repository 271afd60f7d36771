"""Section growth: a ledger of many transfers is as quick as one of few."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import status
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Organization
from app.models.scope import scoped_to
from app.pages.overview import view as overview
from benchmarks.backends import Backends
from benchmarks.figures import Figure, ratio_of
from benchmarks.rounds import Work, in_turn
from benchmarks.stage import an_organization, application, conninfo, inside

FEW = 100_000
MANY = int(os.environ.get("BENCH_TRANSFERS") or 1_000_000)
"""Ten million take about ten minutes to write: BENCH_TRANSFERS=10000000."""
ROUNDS = 60
EACH = 12
"""Times in a round."""
MOST_TIMES = 1.10
NAMES = {(3, 3): "few", (100, 20): "many"}
"""Campaigns and agents whose usage the Overview shows."""
DAYS = 5
MOST_TIMES_OF_NAMES = 1.3


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """The same work in a ledger of each size, in turn; and the Overview's with few names and with many."""
    app = application(environment)
    url, backends = conninfo(environment), Backends(app)
    with inside(app):
        few, many = (an_organization(name).id for name in ("Few", "Many"))
    grow(url, few, 0, FEW)
    grow(url, many, 0, MANY)
    works = _works(app)
    seconds = in_turn(
        {
            f"{what} {org_id}": (partial(_pieces, work, org_id), EACH)
            for what, work in works.items()
            for org_id in (few, many)
        },
        backends.cpu,
    )
    for what in works:
        yield ratio_of(
            "growth",
            f"{what}, with {MANY:,} transfers: CPU",
            seconds[f"{what} {many}"],
            seconds[f"{what} {few}"],
            most=MOST_TIMES,
            by=f"with {FEW:,}",
        )
    yield _of_names(app, backends)


def _of_names(app: Flask, backends: Backends) -> Figure:
    """What the Overview gathers, with the usage of few and of many campaigns and agents."""
    with inside(app):
        ids = {}
        for (campaigns, agents), name in NAMES.items():
            ids[name] = an_organization("Names", credit="1000").id
            for day in range(DAYS, 0, -1):
                _use(ids[name], campaigns, agents, utc_now() - timedelta(days=day))
    seconds = in_turn(
        {name: (partial(_pieces, partial(_overview, app), org_id), EACH) for name, org_id in ids.items()},
        backends.cpu,
    )
    (most_campaigns, most_agents), (campaigns, agents) = sorted(NAMES, reverse=True)
    return ratio_of(
        "growth",
        f"what the Overview gathers, of {most_campaigns} campaigns x {most_agents} agents: CPU",
        seconds["many"],
        seconds["few"],
        most=MOST_TIMES_OF_NAMES,
        by=f"of {campaigns} x {agents}",
    )


def _use(org_id: UUID, campaigns: int, agents: int, at: datetime) -> None:
    name = uuid7()
    ingest.ingest(
        [
            Reported(
                place,
                org_id,
                "benchmark",
                f"{name}-{place}",
                "tokens_in",
                1_000,
                at,
                campaign=f"Campaign {place % campaigns}",
                agent=f"Agent {place // campaigns}",
            )
            for place in range(campaigns * agents)
        ],
        at=at,
    )
    db.session.commit()


def _overview(app: Flask, org_id: UUID) -> None:
    with app.test_request_context("/billing"), scoped_to(org_id):
        overview.gather(db.session.get_one(Organization, org_id), MultiDict())
        db.session.rollback()


def _pieces(work: Callable[[UUID], object], org_id: UUID) -> list[Work]:
    return [partial(work, org_id)] * EACH


def _works(app: Flask) -> dict[str, Callable[[UUID], None]]:
    def within(work: Callable[[Organization], object]) -> Callable[[UUID], None]:
        def run(org_id: UUID) -> None:
            with inside(app):
                work(db.session.get_one(Organization, org_id))
                db.session.commit()

        return run

    return {
        "ingest of 100 events": within(lambda organization: _ingest(organization.id)),
        "balance": within(lambda organization: status.find(organization.id)),
        "newest page of history": within(lambda organization: history.page(organization, Filters())),
        "deepest page of history": within(
            lambda organization: history.page(organization, Filters(), before=26)
        ),
    }


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
