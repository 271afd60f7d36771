"""What goes over the wire to the database: messages, statements, waits, rows and bytes of all connections.

libpq itself writes what it sends and gets (https://www.postgresql.org/docs/current/libpq-control.html#LIBPQ-PQTRACE).
So sessions, statements without one and pipelines are counted alike, and a machine's speed changes nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from typing import IO, Any

import psycopg
from flask import Flask
from psycopg.pq import Trace
from sqlalchemy import event

from app.database.fast import connections
from app.extensions import db

_WAITS = frozenset({"Sync", "Flush", "Query"})
"""What a client sends when it then waits for answers: once for each statement, or for a whole pipeline."""


@dataclass(slots=True)
class Wire:
    """`statements` were run, those that begin and end transactions too; `rows` came back, the client waited `waits`
    times, and so many bytes went each way."""

    statements: int = 0
    waits: int = 0
    rows: int = 0
    sent: int = 0
    received: int = 0

    def read(self, trace: str) -> None:
        """Count what libpq has written of a connection: `F` or `B`, the length without its type, and the type."""
        for line in trace.splitlines():
            way, _, rest = line.partition("\t")
            length, _, rest = rest.partition("\t")
            kind = rest.partition("\t")[0].strip()
            if way not in {"F", "B"} or not length.isdigit():
                continue  # the rest of a text of several lines
            if way == "F":
                self.sent += int(length) + 1
                self.statements += kind in {"Execute", "Query"}
                self.waits += kind in _WAITS
            else:
                self.received += int(length) + 1
                self.rows += kind == "DataRow"

    def per(self, count: int) -> dict[str, float]:
        """Each of them by so many pieces of work."""
        return {one.name: round(getattr(self, one.name) / count, 2) for one in fields(self)}


@contextmanager
def watching(app: Flask) -> Iterator[Wire]:
    """Count what the connections of an application send and get meanwhile. Not for several threads at a time."""
    traced: dict[int, tuple[Any, IO[str]]] = {}
    wire = Wire()
    with ExitStack() as stack:

        def trace(connection: psycopg.Connection[Any], *_: object) -> None:
            if id(connection) in traced:
                return
            file = stack.enter_context(tempfile.TemporaryFile("w+"))
            connection.pgconn.trace(file.fileno())
            connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
            traced[id(connection)] = connection, file

        with app.app_context():
            engine = db.engine
            connections.get().run(trace)
        event.listen(engine, "checkout", trace)
        try:
            yield wire
        finally:
            event.remove(engine, "checkout", trace)
            for connection, file in traced.values():
                if not connection.closed:
                    connection.pgconn.untrace()
                file.seek(0)
                wire.read(file.read())
