"""The floor of what writes: the very statements that wrote, with the same rows, by raw psycopg on tables alike.

The tables of the floor have the same columns, indexes, defaults and checks, and the rows that were there before; they
have no foreign keys, no triggers, and no row-level security.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg
from psycopg import Cursor, sql

PREFIX = "floor_"
_WRITES = re.compile(r"\s*(WITH \w+ AS \(\s*INSERT|INSERT|UPDATE|DELETE)", re.IGNORECASE)

Recorded = list[tuple[str, Any]]


class Replay:
    """The floor's tables, and its connection."""

    def __init__(self, conninfo: str, tables: tuple[str, ...]) -> None:
        self.connection = psycopg.connect(conninfo)
        self._names = re.compile(rf"(?<!['\w.])({'|'.join(map(re.escape, tables))})(?!['\w])")
        for table in tables:
            mine, theirs = sql.Identifier(PREFIX + table), sql.Identifier(table)
            self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(mine))
            self.connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(mine, theirs))
            self.connection.execute(sql.SQL("INSERT INTO {} SELECT * FROM {}").format(mine, theirs))
        self.connection.commit()

    def write(self, recorded: Recorded) -> None:
        """Write once more what was recorded, in one transaction."""
        for statement, values in recorded:
            self.connection.execute(self._names.sub(rf"{PREFIX}\1", statement), values)
        self.connection.commit()


@contextmanager
def recording(into: Recorded) -> Iterator[None]:
    """Add what is written meanwhile by connections of this process, with its values."""
    execute = Cursor.execute

    def note(cursor: Cursor[Any], query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(query, str) and _WRITES.match(query):
            into.append((query, params))
        return execute(cursor, query, params, **options)

    with mock.patch.object(Cursor, "execute", note):
        yield
