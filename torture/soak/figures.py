"""The figures of a run: which there are, whether each has to stay flat, and its samples."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from torture.soak.database import Database
from torture.soak.programs import Taken

MIB = 1 << 20
SMALL = 1_000
"""Of tables with fewer rows, bytes for each row say nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A chart with a line for each of several. One that `grows` does so by design: with what is kept for good."""

    name: str
    title: str
    unit: str
    grows: bool = False


MEMORY = Kind("memory", "Memory of each program", "MiB")
BUFFERS = Kind("buffers", "Buffers of PostgreSQL, up to shared_buffers", "MiB", grows=True)
FILES = Kind("files", "Open files of each program", "files")
THREADS = Kind("threads", "Threads of each program", "threads")
CONNECTIONS = Kind("connections", "Connections to PostgreSQL", "connections")
WAITING = Kind("waiting", "Jobs that are due, messages that wait", "waiting")
OLDEST = Kind("oldest", "Age of the oldest transaction", "seconds")
DEAD = Kind("dead", "Dead rows", "rows")
ROW_BYTES = Kind("row-bytes", "Bytes for each row, table and indexes", "bytes")
SIZE = Kind("size", "Size of the database", "MiB", grows=True)
ROWS = Kind("rows", "Rows that are kept for good", "rows", grows=True)
KINDS = (MEMORY, BUFFERS, FILES, THREADS, CONNECTIONS, WAITING, OLDEST, DEAD, ROW_BYTES, SIZE, ROWS)

KEPT = ("transfer", "usage_event", "audit_event", "hold")
"""The tables with the most rows."""


@dataclass
class Samples:
    """The samples of each figure, by its chart and the name of its line: hours since the beginning, and the value."""

    of: dict[Kind, dict[str, list[tuple[float, float]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, hours: float, programs: dict[str, Taken], database: Database) -> None:
        """Write down what is now."""

        def note(kind: Kind, line: str, value: float) -> None:
            self.of[kind][line].append((hours, value))

        for name, taken in programs.items():
            note(MEMORY, name, taken.memory)
            if taken.shared:
                note(BUFFERS, name, taken.shared)
            note(FILES, name, taken.files)
            note(THREADS, name, taken.threads)
        note(CONNECTIONS, "all", database.connections)
        note(CONNECTIONS, "idle in a transaction", database.in_transaction)
        note(WAITING, "jobs", database.jobs)
        note(WAITING, "messages to the platform", database.messages)
        note(OLDEST, "oldest", database.oldest)
        note(SIZE, "database", database.size / MIB)
        note(DEAD, "all tables", sum(table.dead for table in database.tables.values()))
        for kept in KEPT:
            parts = [table for name, table in database.tables.items() if base_of(name) == kept]
            rows = sum(table.live for table in parts)
            note(ROWS, kept, rows)
            if rows >= SMALL:
                note(ROW_BYTES, kept, sum(table.table + table.indexes for table in parts) / rows)


def base_of(table: str) -> str:
    """The table that a partition belongs to: `usage_event` for `usage_event_2026_11`."""
    head, _, tail = table.partition("_20")
    return head if tail.replace("_", "").isdigit() else table
