"""Section hold-costs: CPU of one hold, of one in a batch, and of a status, beside the statements by raw psycopg.

In this process, below HTTP: from the request's environment to the answer's bytes, and the database's backends.
Everything takes turns in rounds; the median of what each round says. The careful way, which every hold took before,
is measured beside the fast one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from statistics import median
from typing import Any

import msgspec
import psycopg
from flask import Flask

from app.clock import process_time
from app.database.fast import connections
from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.backends import Backends
from benchmarks.figures import Figure, at_most, kilobytes, ratio_of
from benchmarks.holds import HOLD, TAKE
from benchmarks.rounds import ROUNDS, Caller, Work, in_turn
from benchmarks.stage import a_token, an_organization, application, conninfo, inside
from benchmarks.wire import watching

EACH = 120
BATCH = 50
TOKENS = 100
MICRO = 300
"""What a hold of so many tokens reserves, in micro-units."""
MOST_OF_A_HOLD = 2.0
MOST_IN_A_BATCH = 0.3
MOST_OF_A_STATUS = 3.0
MOST_WAITS = 2.05
"""Two, and once a minute what notes that a token was used."""
CALLS = 40
_RENEW = """
UPDATE hold SET amount_micro = amount_micro + %s, slice = %s, expires_at = %s WHERE org_id = %s AND id = %s"""
_CAPTURE = "UPDATE hold SET state = 'captured', ended_at = %s WHERE org_id = %s AND id = %s"
_STATUS = "SELECT * FROM wallet WHERE org_id = %s"


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """One hold, one of a batch, and the status, each in ratio to its floor."""
    stage = _Stage(environment)
    hold, status = stage.requests(stage.hold), stage.requests(stage.status)
    batch = stage.requests(stage.batch)
    seconds = in_turn(
        {
            "raw hold": (lambda: [stage.raw_hold] * EACH, EACH),
            "hold": (lambda: hold(EACH), EACH),
            "careful hold": (lambda: hold(EACH), EACH),
            "batch": (lambda: batch(4), 4 * BATCH),
            "raw status": (lambda: [stage.raw_status] * EACH, EACH),
            "status": (lambda: status(EACH), EACH),
            "careful status": (lambda: status(EACH), EACH),
        },
        stage.backends.cpu,
        way=stage.way,
    )
    for what, of, floor, most in (
        ("one hold", "hold", "raw hold", MOST_OF_A_HOLD),
        ("one hold, the careful way", "careful hold", "raw hold", None),
        (f"a hold in a batch of {BATCH}", "batch", "raw hold", MOST_IN_A_BATCH),
        ("a calling status", "status", "raw status", MOST_OF_A_STATUS),
        ("a calling status, the careful way", "careful status", "raw status", None),
    ):
        yield ratio_of(
            "hold-costs",
            f"{what}, in process: CPU",
            seconds[of],
            seconds[floor],
            most=most,
            by="by raw psycopg",
        )
    yield _wal(stage)
    with watching(stage.app) as seen:
        for piece in hold(EACH):
            piece()
    yield at_most("hold-costs", "one hold: waits for the database", seen.waits / EACH, MOST_WAITS)
    with watching(stage.app) as seen:
        for piece in status(EACH):
            piece()
    yield at_most("hold-costs", "a calling status: waits for the database", seen.waits / EACH, 1.05)


def _wal(stage: _Stage) -> Figure:
    """WAL of a call: its hold, two renewals and capture, beside the same by the statements of raw psycopg. What
    other programs of the demo write meanwhile is in both."""
    calls: list[float] = []
    raw: list[float] = []
    for _ in range(ROUNDS):
        for found, call in ((calls, stage.call), (raw, stage.raw_call)):
            began = stage.wal()
            for _ in range(CALLS):
                call()
            found.append((stage.wal() - began) / CALLS)
    ratios = tuple(one / other for one, other in zip(calls, raw, strict=True))
    return Figure(
        section="hold-costs",
        what="a call (hold, two renewals, capture): WAL",
        measured=f"{kilobytes(median(calls))} ({median(ratios):.2f} of the floor)",
        floor=f"{kilobytes(median(raw))} by raw psycopg",
        goal="",
        met=True,
        rounds=ratios,
    )


class _Stage:
    """The product in this process, a caller, and raw psycopg beside it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.app: Flask = application({**environment, "API_REQUESTS_PER_MINUTE": "10000000"})
        with inside(self.app):
            self.org_id, self.floor_id = (
                an_organization(name, credit="10000").id for name in ("Cost", "Floor")
            )
            self.headers = {"Authorization": f"Bearer {a_token(Scope.HOLDS_WRITE, Scope.STATUS_READ)}"}
        self.raw = psycopg.connect(conninfo(environment), prepare_threshold=0)
        self.backends = Backends(self.app)
        self.backends.note(self.raw)

    def requests(self, make: Callable[[], tuple[str, str, Any]]) -> Callable[[int], list[Work]]:
        """So many requests of a kind, ready to be served."""

        def ready(count: int) -> list[Work]:
            return [self._request(*make()) for _ in range(count)]

        return ready

    def hold(self) -> tuple[str, str, Any]:
        """A request for a hold."""
        return "POST", f"/organizations/{self.org_id}/holds", self._asked()

    def batch(self) -> tuple[str, str, Any]:
        """A request for many."""
        whose = {"op": "reserve", "organization": str(self.org_id)}
        return "POST", "/holds/batch", {"operations": [whose | self._asked() for _ in range(BATCH)]}

    def status(self) -> tuple[str, str, Any]:
        """A request for the status."""
        return "GET", f"/organizations/{self.org_id}/status", None

    def raw_hold(self) -> None:
        """The two statements of a hold, and their commit."""
        now, key = process_time(), uuid7()
        self.raw.execute(HOLD, [self.floor_id, key, str(key), MICRO, now, now + timedelta(hours=1)])
        self.raw.execute(TAKE, [MICRO, self.floor_id, MICRO])
        self.raw.commit()

    def call(self) -> None:
        """A call's hold, two renewals and capture."""
        asked = self._asked()
        path = f"/organizations/{self.org_id}/holds"
        self._request("POST", path, asked)()
        slices = {name: asked[name] for name in ("usage", "lease_seconds")}
        for number in (2, 3):
            self._request("POST", f"{path}/{asked['key']}/renewals", slices | {"slice": number})()
        self._request("POST", f"{path}/{asked['key']}/capture", None)()

    def raw_call(self) -> None:
        """The same by the statements of each step, each committed."""
        now, key = process_time(), uuid7()
        self.raw.execute(HOLD, [self.floor_id, key, str(key), MICRO, now, now + timedelta(hours=1)])
        self.raw.execute(TAKE, [MICRO, self.floor_id, MICRO])
        self.raw.commit()
        for number in (2, 3):
            later = now + timedelta(hours=number)
            self.raw.execute(_RENEW, [MICRO, number, later, self.floor_id, key])
            self.raw.execute(TAKE, [MICRO, self.floor_id, MICRO])
            self.raw.commit()
        self.raw.execute(_CAPTURE, [now, self.floor_id, key])
        self.raw.execute(TAKE, [-3 * MICRO, self.floor_id, 0])
        self.raw.commit()

    def wal(self) -> int:
        """Bytes of WAL so far."""
        row = self.raw.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
        self.raw.commit()
        assert row is not None
        return int(row[0])

    def raw_status(self) -> None:
        """The wallet's row by its key."""
        self.raw.execute(_STATUS, [self.floor_id]).fetchone()
        self.raw.commit()

    def _asked(self) -> dict[str, Any]:
        usage = [{"meter": "tokens_in", "quantity": TOKENS}]
        return {"key": str(uuid7()), "usage": usage, "lease_seconds": 3600}

    def _request(self, method: str, path: str, body: Any) -> Work:
        content = msgspec.json.encode(body) if body is not None else None
        return Caller(self.app, self.headers).asks(method, path, content)

    def way(self, name: str) -> AbstractContextManager[None]:
        """The way that a work takes."""
        if not name.startswith("careful"):
            return nullcontext()
        with self.app.app_context():
            return connections.get().switched_off()
