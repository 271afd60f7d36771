"""Rows that a database has written, by its own statistics: inserted, updated (and how many of them HOT), deleted.

They don't say who wrote. Where other programs use the database meanwhile, their rows are told apart by table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask

from app.database.fast import connections
from app.extensions import db

# Each backend counts by itself, and says so a second later unless it is asked to.
_FLUSH = "SELECT pg_stat_force_next_flush()"
_COUNT = """
SELECT coalesce(sum(n_tup_ins) FILTER (WHERE counts), 0)::bigint,
    coalesce(sum(n_tup_upd) FILTER (WHERE counts), 0)::bigint,
    coalesce(sum(n_tup_hot_upd) FILTER (WHERE counts), 0)::bigint,
    coalesce(sum(n_tup_del) FILTER (WHERE counts), 0)::bigint,
    coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del) FILTER (WHERE NOT counts), 0)::bigint
FROM (
    SELECT *, %(tables)s::text[] IS NULL
        OR coalesce((SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = relid), relname)
            = ANY(%(tables)s::text[]) AS counts
    FROM pg_stat_user_tables) AS each"""


@dataclass(slots=True)
class Writes:
    """Rows written. A HOT update writes no index entry. `elsewhere` are those of other tables than asked for."""

    inserted: int = 0
    updated: int = 0
    hot: int = 0
    deleted: int = 0
    elsewhere: int = 0

    @property
    def rows(self) -> int:
        return self.inserted + self.updated + self.deleted


def count(owner: psycopg.Connection[Any], tables: Sequence[str] | None = None) -> Writes:
    """All that these tables with their partitions say by now, or all tables there are, of backends that have said it
    (`flush`)."""
    owner.execute("SELECT pg_stat_clear_snapshot()")
    row = owner.execute(_COUNT, {"tables": list(tables) if tables else None}).fetchone()
    assert row is not None
    return Writes(*row)


def flush(app: Flask) -> None:
    """Let the backends of this process say what they have written: all that its pool has, and the fast path's."""
    with app.app_context(), ExitStack() as kept:
        pool: Any = db.engine.pool
        for connection in [kept.enter_context(db.engine.connect()) for _ in range(max(pool.checkedin(), 1))]:
            connection.exec_driver_sql(_FLUSH)
        connections.get().run(_flush)


def _flush(connection: psycopg.Connection[Any]) -> None:
    connection.execute(_FLUSH)
    connection.commit()


@contextmanager
def counting(
    app: Flask, owner: psycopg.Connection[Any], tables: Sequence[str] | None = None
) -> Iterator[Writes]:
    """What is written to these tables meanwhile, or to all, by this process where no one else writes to them. `owner`
    commits by itself."""
    flush(app)
    before, found = count(owner, tables), Writes()
    yield found
    flush(app)
    after = count(owner, tables)
    for name in ("inserted", "updated", "hot", "deleted", "elsewhere"):
        setattr(found, name, getattr(after, name) - getattr(before, name))
