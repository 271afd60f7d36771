"""Section slow-people: a calling status while a hundred others send bodies or heads a byte at a time, or don't read.

Over HTTP, by the clock: with and without them in turn, so that both have the same machine.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from threading import Event, Thread
from urllib.parse import urlsplit

from app.people.tokens import Scope
from benchmarks.figures import Figure, milliseconds
from benchmarks.rounds import ROUNDS
from benchmarks.stage import Connection, a_token, an_organization, application, inside

SLOW = 100
ASKED = 200
"""Statuses in a round, of which the 99th percentile counts."""
PACE_SECONDS = 0.005
APART_SECONDS = 0.03
MOST_TIMES = 2.0


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """The 99th percentile of a status beside slow people of each kind, and without them."""
    with inside(application(environment)):
        org_id = an_organization("Quick", credit="10").id
        token = a_token(Scope.STATUS_READ, Scope.USAGE_WRITE)
    address, path = environment["PUBLIC_URL"], f"/organizations/{org_id}/status"
    _p99(address, token, path)
    auth = f"Host: localhost\r\nAuthorization: Bearer {token}\r\n"
    body = "Content-Type: application/cloudevents-batch+json\r\nContent-Length: 100000\r\n\r\n["
    unread = f"GET /api/v1/openapi.json HTTP/1.1\r\n{auth}\r\n"
    for what, begin, is_fed in (
        ("slow bodies", f"POST /api/v1/usage HTTP/1.1\r\n{auth}{body}", True),
        ("slow heads", f"GET /api/v1{path} HTTP/1.1\r\n{auth}X-Slow: ", True),
        ("people who don't read", unread, False),
    ):
        alone, beside = [], []
        for _ in range(ROUNDS):
            alone.append(_p99(address, token, path))
            with _slow(address, begin.encode(), is_fed=is_fed):
                beside.append(_p99(address, token, path))
        ratios = tuple(one / other for one, other in zip(beside, alone, strict=True))
        yield Figure(
            section="slow-people",
            what=f"a calling status beside {SLOW} {what}: p99 of {ASKED}",
            measured=f"{milliseconds(median(beside))} ({median(ratios):.2f} times)",
            floor=f"{milliseconds(median(alone))} without them",
            goal=f"at most {MOST_TIMES:g} times",
            met=median(ratios) <= MOST_TIMES,
            rounds=ratios,
        )


def _p99(address: str, token: str, path: str) -> float:
    connection = Connection(address, token)
    seconds = []
    for _ in range(ASKED):
        time.sleep(PACE_SECONDS)
        began = time.perf_counter()
        connection.get(path)
        seconds.append(time.perf_counter() - began)
    connection.close()
    return sorted(seconds)[ASKED * 99 // 100 - 1]


@contextmanager
def _slow(address: str, begin: bytes, *, is_fed: bool) -> Iterator[None]:
    """So many connections that send this, and then a byte every half second or nothing, and read nothing."""
    where = urlsplit(address)
    over, sockets = Event(), []
    for _ in range(SLOW):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.connect((where.hostname, where.port or 80))
        one.setblocking(False)
        _send(one, begin)
        sockets.append(one)
        # They come one after the other: a hundred at the same moment would be a rush, not slow people.
        time.sleep(APART_SECONDS)

    def feed() -> None:
        while not over.wait(0.5):
            for one in sockets:
                _send(one, b"1")

    feeding = Thread(target=feed, daemon=True)
    if is_fed:
        feeding.start()
    try:
        yield
    finally:
        over.set()
        if is_fed:
            feeding.join()
        for one in sockets:
            one.close()


def _send(one: socket.socket, what: bytes) -> None:
    """What the server takes of it: it has closed those that were too slow, or reads no further."""
    try:
        one.send(what)
    except OSError:
        return
