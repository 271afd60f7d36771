"""How many statements something takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from psycopg import Cursor
from sqlalchemy import event

from app.database.messages import FastConnection, Statement
from app.extensions import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that reach the database while the block runs, by sessions."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def fast_statements() -> Iterator[list[str]]:
    """The same of the fast path, which uses no session (`app.database.fast`)."""
    seen: list[str] = []
    send = FastConnection.send

    def note(connection: FastConnection, *statements: Statement) -> Any:
        seen.extend(text for text, _ in statements)
        return send(connection, *statements)

    with mock.patch.object(FastConnection, "send", note):
        yield seen


@contextmanager
def all_statements() -> Iterator[list[str]]:
    """The SQL statements of sessions and of connections that are used without one (`driver_connection`)."""
    seen: list[str] = []
    execute = Cursor.execute

    def note(cursor: Cursor[Any], query: Any, *args: Any, **options: Any) -> Any:
        seen.append(query if isinstance(query, str) else str(query))
        return execute(cursor, query, *args, **options)

    with mock.patch.object(Cursor, "execute", note):
        yield seen
