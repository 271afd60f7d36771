"""Rows that a database has written, by its own statistics: inserted, updated (and how many of them HOT), deleted."""

from __future__ import annotations

from collections.abc import Iterator
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
SELECT coalesce(sum(n_tup_ins), 0)::bigint, coalesce(sum(n_tup_upd), 0)::bigint,
    coalesce(sum(n_tup_hot_upd), 0)::bigint, coalesce(sum(n_tup_del), 0)::bigint
FROM pg_stat_user_tables"""


@dataclass(slots=True)
class Writes:
    """Rows written. A HOT update writes no index entry."""

    inserted: int = 0
    updated: int = 0
    hot: int = 0
    deleted: int = 0

    @property
    def rows(self) -> int:
        return self.inserted + self.updated + self.deleted


def count(owner: psycopg.Connection[Any]) -> Writes:
    """All that the database's tables say by now, of backends that have said it (`flush`)."""
    owner.execute("SELECT pg_stat_clear_snapshot()")
    row = owner.execute(_COUNT).fetchone()
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
def counting(app: Flask, owner: psycopg.Connection[Any]) -> Iterator[Writes]:
    """What this process writes meanwhile, where no one else uses the database. `owner` commits by itself."""
    flush(app)
    before, found = count(owner), Writes()
    yield found
    flush(app)
    after = count(owner)
    for name in ("inserted", "updated", "hot", "deleted"):
        setattr(found, name, getattr(after, name) - getattr(before, name))
