"""Section ingest-costs: CPU, rows, HOT updates and WAL of usage in four shapes, beside a raw replay of the very rows.

In this process, below HTTP: from the request's environment to the answer's bytes, and the database's backends. The
product records what it writes; the floor writes the same statements with the same rows once more, by raw psycopg into
tables alike. Corrections and events that name holds are measured beside plain usage of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from uuid import UUID

import msgspec
import psycopg

from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks import writes
from benchmarks.backends import Backends
from benchmarks.figures import Figure, at_least, at_most, ratio_of
from benchmarks.replay import Recorded, Replay, recording
from benchmarks.rounds import Caller, Work, in_turn
from benchmarks.stage import a_token, an_organization, application, conninfo, inside, usage_events
from benchmarks.writes import Writes

BATCH = 1_000
BATCHES = 3
"""In a round, of each shape."""
ORGANIZATIONS = 1_000
LEAST_OF_THE_FLOOR = 0.55
MOST_OF_PLAIN = 3.0
LEAST_HOT = 90.0
MOST_WAL = 2.5
TABLES = (
    "usage_digest",
    "usage_event",
    "usage_daily",
    "wallet_line",
    "transfer",
    "account",
    "wallet",
    "allowance",
)
WRITTEN = (*TABLES, "usage_by_meter", "usage_by_name")
"""With what a trigger writes of them."""
TRIES = 5
_FEW = 50
"""Rows that others may write while batches are counted: more is a sweep, such as the rollups of a thousand
organizations, and then they are counted again."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How organizations share a batch of events, and the most rows that one event of it may write."""

    what: str
    organizations: int
    of_many: int
    events: int
    most_rows: float


SHAPES = (
    Shape("one organization", 1, 1, BATCH, 2.1),
    Shape("one organization a batch, of many", 1, ORGANIZATIONS, BATCH, 2.1),
    Shape("40 organizations of 5 events", 40, ORGANIZATIONS, 200, 2.5),
    Shape("1,000 organizations in a batch", ORGANIZATIONS, ORGANIZATIONS, BATCH, 6.0),
)


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Each shape, and what is special beside plain usage of one organization."""
    stage = _Stage(environment)
    for shape in SHAPES:
        yield from _of(stage, shape)
    yield from _special(stage)


@dataclass
class _Stage:
    """The product in this process, its caller, and the floor."""

    environment: Mapping[str, str]
    ids: list[UUID] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)
    recorded: list[Recorded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = application({**self.environment, "API_REQUESTS_PER_MINUTE": "10000000"})
        with inside(self.app):
            self.ids = [an_organization(f"Costs {number}").id for number in range(ORGANIZATIONS)]
            headers = {"Authorization": f"Bearer {a_token(Scope.USAGE_WRITE, Scope.HOLDS_WRITE)}"}
        self.caller = Caller(self.app, headers)
        self.backends = Backends(self.app)
        self.owner = psycopg.connect(conninfo(self.environment), autocommit=True)

    def chosen(self, shape: Shape) -> list[UUID]:
        """The organizations of the next batch."""
        if shape.of_many == shape.organizations:
            return self.ids[: shape.organizations]
        first = next(self.turns) * shape.organizations % (ORGANIZATIONS - shape.organizations)
        return self.ids[first : first + shape.organizations]

    def report(self, body: bytes) -> Work:
        return self.caller.asks("POST", "/usage", body, media_type="application/cloudevents-batch+json")

    def batch(self, shape: Shape) -> Work:
        """A batch that records what it writes, for the floor."""
        send = self.report(usage_events(uuid7(), self.chosen(shape), shape.events))

        def serve() -> None:
            recorded: Recorded = []
            with recording(recorded):
                send()
            self.recorded.append(recorded)

        return serve

    def wal(self) -> int:
        """Bytes of WAL so far."""
        row = self.owner.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
        assert row is not None
        return int(row[0])


def _of(stage: _Stage, shape: Shape) -> Iterator[Figure]:
    floor = Replay(conninfo(stage.environment), TABLES)
    stage.backends.note(floor.connection)
    stage.recorded = []

    def again() -> list[Work]:
        """What the round has recorded, each once."""
        taken, stage.recorded = stage.recorded, []
        return [partial(floor.write, one) for one in taken]

    events = BATCHES * shape.events
    seconds = in_turn(
        {
            "usage": (lambda: [stage.batch(shape) for _ in range(BATCHES)], events),
            "floor": (again, events),
        },
        stage.backends.cpu,
    )
    what = f"usage, {shape.what}"
    yield ratio_of(
        "ingest-costs",
        f"{what}, in process: CPU an event",
        seconds["usage"],
        seconds["floor"],
        most=round(1 / LEAST_OF_THE_FLOOR, 2),
        by="by a raw replay of its rows",
    )
    written, wal = _undisturbed(stage, shape)
    others = f"{written.elsewhere} rows by others meanwhile"
    yield at_most("ingest-costs", f"{what}: rows written an event", written.rows / events, shape.most_rows)
    hot = 100 * written.hot / max(written.updated, 1)
    yield at_least("ingest-costs", f"{what}: HOT updates", hot, LEAST_HOT, unit=" %")
    yield at_most(
        "ingest-costs", f"{what}: WAL an event", wal / events / 1000, MOST_WAL, unit=" KB", floor=others
    )


def _undisturbed(stage: _Stage, shape: Shape) -> tuple[Writes, int]:
    """What some batches write, and bytes of WAL, while the demo's programs write nearly nothing; or, when they never
    cease to, what was written last.
    """
    for _ in range(TRIES):
        pieces = [stage.batch(shape) for _ in range(BATCHES * 2)]
        for piece in pieces[:BATCHES]:
            piece()
        before = stage.wal()
        with writes.counting(stage.app, stage.owner, WRITTEN) as written:
            for piece in pieces[BATCHES:]:
                piece()
        wal = stage.wal() - before
        if written.elsewhere <= _FEW:
            break
    return written, wal


def _special(stage: _Stage) -> Iterator[Figure]:
    """Corrections, and usage that names holds, beside plain usage."""
    with inside(stage.app):
        org_id = an_organization("Special", credit="100000").id

    def plain() -> list[Work]:
        return [stage.report(_events(uuid7(), org_id)) for _ in range(BATCHES)]

    def corrections() -> list[Work]:
        made = []
        for _ in range(BATCHES):
            wrong = uuid7()
            stage.report(_events(wrong, org_id))()
            made.append(stage.report(_events(uuid7(), org_id, corrects=wrong)))
        return made

    def of_holds() -> list[Work]:
        keys = [str(uuid7()) for _ in range(20)]
        usage = [{"meter": "tokens_in", "quantity": 100}]
        for key in keys:
            asked = {"key": key, "usage": usage, "lease_seconds": 3600}
            stage.caller.asks("POST", f"/organizations/{org_id}/holds", msgspec.json.encode(asked))()
        return [stage.report(_events(uuid7(), org_id, holds=keys)) for _ in range(BATCHES)]

    seconds = in_turn(
        {
            "plain": (plain, BATCHES * BATCH),
            "corrections": (corrections, BATCHES * BATCH),
            "of holds": (of_holds, BATCHES * BATCH),
        },
        stage.backends.cpu,
    )
    for what in ("corrections", "of holds"):
        yield ratio_of(
            "ingest-costs",
            f"usage, a batch of {BATCH:,}, {what}: CPU an event",
            seconds[what],
            seconds["plain"],
            most=MOST_OF_PLAIN,
            by="for plain usage",
        )


def _events(
    name: object,
    org_id: UUID,
    *,
    corrects: object = None,
    holds: Sequence[str] = (),
) -> bytes:
    """A batch of one organization; of corrections of the batch with the name `corrects`, if that is given."""
    events = msgspec.json.decode(usage_events(name, [org_id], BATCH))
    for place, event in enumerate(events):
        data = event["data"]
        if corrects is not None:
            data["quantity"] -= 10
            data["corrects"] = {"source": event["source"], "id": f"{corrects}-{place}"}
        if holds:
            data["hold"] = holds[place % len(holds)]
    return msgspec.json.encode(events)
