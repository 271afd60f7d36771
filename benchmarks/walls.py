"""Section walls: what row-level security costs, by the same requests with the database's policies and without.

CPU of this process and of the database's, which another load on the machine disturbs least, in rounds that take
turns; the median of what each round's pair says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from uuid import UUID

import msgspec
import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.backends import Backends
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import a_token, an_organization, application, conninfo, inside, usage_events
from dev.errors import ToolError

ROUNDS = 25
HOLDS = 25
BATCH = 1_000
BATCHES = 1
MOST = 1.05


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """A hold, a batch of one organization, and one of two hundred."""
    app = application(environment)
    with inside(app):
        ids = [an_organization(f"Walled {number}", credit="10000").id for number in range(200)]
        token = a_token(Scope.HOLDS_WRITE, Scope.USAGE_WRITE)
    with psycopg.connect(conninfo(environment), autocommit=True) as owner:
        stage = _Stage(app, owner, {"Authorization": f"Bearer {token}"})
        for what, work, count in (
            ("a hold", lambda: stage.hold(ids[0]), HOLDS),
            (f"a batch of {BATCH:,} events, one organization", lambda: stage.batch(ids[:1]), BATCHES),
            (f"a batch of {BATCH:,} events, {len(ids)} organizations", lambda: stage.batch(ids), BATCHES),
        ):
            walled, open_ = stage.compare(work, count)
            ratios = [one / other for one, other in zip(walled, open_, strict=True)]
            yield Figure(
                section="walls",
                what=f"{what}, with row-level security: CPU",
                measured=f"{milliseconds(median(walled))} ({median(ratios):.3f} of it without)",
                floor=f"{milliseconds(median(open_))} without",
                goal=f"at most {MOST:g}",
                met=median(ratios) <= MOST,
            )


@dataclass
class _Stage:
    """Requests in this process, and the database's owner, who can take the walls down."""

    app: Flask
    owner: psycopg.Connection
    headers: dict[str, str]

    def __post_init__(self) -> None:
        self.backends = Backends(self.app)

    def compare(self, work: Callable[[], None], count: int) -> tuple[list[float], list[float]]:
        """CPU seconds of one piece of work in each round: with the walls, and without them."""
        seconds: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(ROUNDS):
            for is_walled in (True, False) if turn % 2 else (False, True):
                self._set_walls(is_walled)
                for _ in range(max(count // 4, 1)):
                    work()
                began = self.backends.cpu()
                for _ in range(count):
                    work()
                seconds[is_walled].append((self.backends.cpu() - began) / count)
        self._set_walls(True)
        return seconds[True], seconds[False]

    def hold(self, org_id: UUID) -> None:
        """Reserve and release, so that the next one finds the same."""
        key = str(uuid7())
        usage = [{"meter": "tokens_in", "quantity": 100_000}]
        asked = {"key": key, "usage": usage, "lease_seconds": 3600}
        self._post(f"/organizations/{org_id}/holds", msgspec.json.encode(asked))
        self._post(f"/organizations/{org_id}/holds/{key}/release", b"{}")

    def batch(self, ids: list[UUID]) -> None:
        """Report a batch of usage in which organizations take turns."""
        self._post("/usage", usage_events(uuid7(), ids, BATCH), "application/cloudevents-batch+json")

    def _post(self, path: str, body: bytes, media_type: str = "application/json") -> None:
        client: FlaskClient = self.app.test_client()
        answer = client.post(f"/api/v1{path}", data=body, content_type=media_type, headers=self.headers)
        if answer.status_code != 200:
            raise ToolError(f"{path} was answered with {answer.status_code}: {answer.text}")

    def _set_walls(self, are_up: bool) -> None:
        tables = self.owner.execute("SELECT DISTINCT polrelid::regclass::text FROM pg_policy").fetchall()
        verb = sql.SQL("ENABLE" if are_up else "DISABLE")
        for (table,) in tables:
            self.owner.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(sql.SQL(table), verb))
