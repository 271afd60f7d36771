"""Section hold-costs: CPU of one hold, of one in a batch, and of a status, beside the statements by raw psycopg.

In this process, below HTTP: from the request's environment to the answer's bytes, and the database's backends.
Everything takes turns in rounds; the median of what each round says. The careful way, which every hold took before,
is measured beside the fast one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from datetime import timedelta
from statistics import median
from typing import Any

import msgspec
import psycopg
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.clock import process_time
from app.database.fast import connections
from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.backends import Backends
from benchmarks.figures import Figure, milliseconds
from benchmarks.holds import HOLD, TAKE
from benchmarks.stage import a_token, an_organization, application, conninfo, inside
from dev.errors import ToolError

ROUNDS = 5
EACH = 120
BATCH = 50
TOKENS = 100
MICRO = 300
"""What a hold of so many tokens reserves, in micro-units."""
MOST_OF_A_HOLD = 2.0
MOST_IN_A_BATCH = 0.3
MOST_OF_A_STATUS = 3.0
_STATUS = "SELECT * FROM wallet WHERE org_id = %s"

Work = Callable[[], None]


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """One hold, one of a batch, and the status, each in ratio to its floor."""
    stage = _Stage(environment)
    hold, status = stage.requests("holds", stage.hold), stage.requests("status", stage.status)
    batch = stage.requests("batch", stage.batch)
    seconds = stage.compare(
        {
            "raw hold": (lambda: [stage.raw_hold] * EACH, EACH),
            "hold": (lambda: hold(EACH), EACH),
            "careful hold": (lambda: hold(EACH), EACH),
            "batch": (lambda: batch(4), 4 * BATCH),
            "raw status": (lambda: [stage.raw_status] * EACH, EACH),
            "status": (lambda: status(EACH), EACH),
            "careful status": (lambda: status(EACH), EACH),
        }
    )
    for what, of, floor, most in (
        ("one hold", "hold", "raw hold", MOST_OF_A_HOLD),
        ("one hold, the careful way", "careful hold", "raw hold", None),
        (f"a hold in a batch of {BATCH}", "batch", "raw hold", MOST_IN_A_BATCH),
        ("a calling status", "status", "raw status", MOST_OF_A_STATUS),
        ("a calling status, the careful way", "careful status", "raw status", None),
    ):
        ratio = median(one / other for one, other in zip(seconds[of], seconds[floor], strict=True))
        yield Figure(
            section="hold-costs",
            what=f"{what}, in process: CPU",
            measured=f"{milliseconds(median(seconds[of]))} ({ratio:.2f} of the floor)",
            floor=f"{milliseconds(median(seconds[floor]))} by raw psycopg",
            goal=f"at most {most:g}" if most is not None else "",
            met=most is None or ratio <= most,
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

    def compare(self, works: Mapping[str, tuple[Callable[[], list[Work]], int]]) -> dict[str, list[float]]:
        """CPU seconds of one of each work, in each round. What makes it ready isn't counted."""
        seconds: dict[str, list[float]] = {name: [] for name in works}
        for turn in range(ROUNDS + 1):
            for name, (make, count) in works.items():
                pieces = make()
                with self._way(name):
                    began = self.backends.cpu()
                    for piece in pieces:
                        piece()
                    used = self.backends.cpu() - began
                if turn:
                    seconds[name].append(used / count)
        return seconds

    def requests(self, what: str, make: Callable[[], tuple[str, str, Any]]) -> Callable[[int], list[Work]]:
        """So many requests of a kind, ready to be served."""

        def ready(count: int) -> list[Work]:
            return [self._request(what, *make()) for _ in range(count)]

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

    def raw_status(self) -> None:
        """The wallet's row by its key."""
        self.raw.execute(_STATUS, [self.floor_id]).fetchone()
        self.raw.commit()

    def _asked(self) -> dict[str, Any]:
        usage = [{"meter": "tokens_in", "quantity": TOKENS}]
        return {"key": str(uuid7()), "usage": usage, "lease_seconds": 3600}

    def _request(self, what: str, method: str, path: str, body: Any) -> Work:
        content = msgspec.json.encode(body) if body is not None else None
        builder = EnvironBuilder(f"/api/v1{path}", method=method, headers=Headers(self.headers), data=content)
        if content is not None:
            builder.content_type = "application/json"
        environ = builder.get_environ()

        def serve() -> None:
            chunks, status, _ = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
            if not status.startswith("200"):
                raise ToolError(f"{what} was answered with {status}: {b''.join(chunks)!r}")

        return serve

    def _way(self, name: str) -> Any:
        if not name.startswith("careful"):
            return nullcontext()
        with self.app.app_context():
            return connections.get().switched_off()
