"""Section holds: one hold over HTTP while eight clients want the credit of one organization."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import msgspec
import psycopg

from app.billing.wallet import status as calling_status
from app.clock import utc_now
from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import Connection, a_token, an_organization, application, conninfo, inside
from dev.errors import ToolError

CLIENTS = 8
EACH = 250
WARM_UP = 30
PACED_EACH = 60
PACE_SECONDS = 0.1
"""Between two holds of a client where they are paced, one client after the other: 80 a second together, as of some
2,400 calls at a time that renew every 30 seconds."""
TOKENS = 100_000
"""Model tokens of a hold: 30 cents on the free plan."""
MICRO = 300_000
FITTING = 1_500
MOST_SECONDS = 0.010


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Holds by eight clients until credit is gone, and beyond; beside the two statements of each by raw psycopg."""
    app = application(environment)
    with inside(app):
        hot = an_organization("Hot", credit=str(FITTING * MICRO // 1_000_000)).id
        calm = an_organization("Calm", credit="10000").id
        other = an_organization("Floor", credit=str(FITTING * MICRO // 1_000_000)).id
        token = a_token(Scope.HOLDS_WRITE)
    _over_http(environment["PUBLIC_URL"], token, calm, WARM_UP)
    _, paced = _over_http(environment["PUBLIC_URL"], token, calm, PACED_EACH, pace=PACE_SECONDS)
    granted, seconds = _over_http(environment["PUBLIC_URL"], token, hot, EACH)
    least = _by_psycopg(conninfo(environment), other)
    with inside(app):
        status = calling_status.find(hot)
    if status is None or granted != FITTING or status.held.micro != FITTING * MICRO:
        raise ToolError(f"{granted} holds were granted, {FITTING} fit; {status} is what the wallet says.")
    yield Figure(
        section="holds",
        what=f"one hold over HTTP, {CLIENTS} clients, {CLIENTS / PACE_SECONDS:g} a second, one organization: p99",
        measured=f"{milliseconds(_percentile(paced, 99))} (median {milliseconds(_percentile(paced, 50))})",
        floor="",
        goal=f"under {milliseconds(MOST_SECONDS)}",
        met=_percentile(paced, 99) < MOST_SECONDS,
    )
    rate = CLIENTS * EACH / (sum(seconds) / CLIENTS)
    yield Figure(
        section="holds",
        what=f"the same as fast as {CLIENTS} clients can: p99 of {CLIENTS * EACH:,}",
        measured=f"{milliseconds(_percentile(seconds, 99))} ({rate:,.0f} holds/s)",
        floor=f"{milliseconds(_percentile(least, 99))} by raw psycopg",
        goal=f"under {milliseconds(MOST_SECONDS)}",
        met=_percentile(seconds, 99) < MOST_SECONDS,
    )
    yield Figure(
        section="holds",
        what="held of what there was, while more was asked for",
        measured=f"{granted * MICRO:,} of {FITTING * MICRO:,} micro-units",
        floor="",
        goal="all of it, and not one more",
        met=True,
    )


def _over_http(
    address: str, token: str, org_id: UUID, each: int, *, pace: float = 0
) -> tuple[int, list[float]]:
    granted = 0
    counting = threading.Lock()

    def client(place: int) -> list[float]:
        nonlocal granted
        connection = Connection(address, token)
        seconds = []
        start = time.perf_counter() + place * pace / CLIENTS
        for number in range(each):
            time.sleep(max(start + number * pace - time.perf_counter(), 0))
            usage = [{"meter": "tokens_in", "quantity": TOKENS}]
            body = msgspec.json.encode({"key": str(uuid7()), "usage": usage, "lease_seconds": 3600})
            began = time.perf_counter()
            status, answer = connection.post(f"/organizations/{org_id}/holds", body)
            seconds.append(time.perf_counter() - began)
            if status not in {200, 402}:
                raise ToolError(f"A hold was answered with {status}: {answer}")
            with counting:
                granted += status == 200
        connection.close()
        return seconds

    seconds = _by_clients(client)
    return granted, seconds


def _by_psycopg(url: str, org_id: UUID) -> list[float]:
    def client(_: int) -> list[float]:
        seconds = []
        with psycopg.connect(url) as connection:
            for _ in range(EACH):
                began, now = time.perf_counter(), utc_now()
                key = uuid7()
                connection.execute(HOLD, [org_id, key, str(key), MICRO, now, now + timedelta(hours=1)])
                taken = connection.execute(TAKE, [MICRO, org_id, MICRO]).fetchone()
                connection.commit() if taken else connection.rollback()
                seconds.append(time.perf_counter() - began)
        return seconds

    return _by_clients(client)


HOLD = """
INSERT INTO hold (org_id, id, key, amount_micro, used_micro, state, slice, is_final, created_at, expires_at)
VALUES (%s, %s, %s, %s, 0, 'active', 1, false, %s, %s)"""
TAKE = """
UPDATE wallet SET held_micro = held_micro + %s, version = version + 1
WHERE org_id = %s AND posted_micro - held_micro >= %s RETURNING org_id"""


def _by_clients(client: Callable[[int], list[float]]) -> list[float]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        return [one for found in clients.map(client, range(CLIENTS)) for one in found]


def _percentile(seconds: list[float], percent: int) -> float:
    return sorted(seconds)[len(seconds) * percent // 100]
