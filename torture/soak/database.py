"""What the database holds: connections, sizes, rows that are dead, work that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from torture.settling import MESSAGES, QUEUE

_BUSIEST = """
SELECT relname, pg_table_size(relid), pg_indexes_size(relid), n_live_tup, n_dead_tup
FROM pg_stat_user_tables WHERE n_live_tup > 0 ORDER BY pg_total_relation_size(relid) DESC, relname"""
_SESSIONS = """
SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
    coalesce(extract(epoch FROM max(now() - xact_start)), 0)
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
_SIZE = "SELECT pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Table:
    """`table` and `indexes` are bytes; rows are PostgreSQL's own estimates."""

    table: int
    indexes: int
    live: int
    dead: int


@dataclass(frozen=True, slots=True)
class Database:
    """`oldest` is the age of the oldest transaction, in seconds; `waiting` are jobs that are due and messages."""

    tables: dict[str, Table]
    size: int
    connections: int
    in_transaction: int
    oldest: float
    jobs: int
    messages: int


def read(connection: psycopg.Connection[Any]) -> Database:
    """As it is now. Raises `psycopg.Error`."""
    sessions = connection.execute(_SESSIONS).fetchone() or (0, 0, 0)
    return Database(
        tables={
            str(name): Table(int(table), int(indexes), int(live), int(dead))
            for name, table, indexes, live, dead in connection.execute(_BUSIEST)
        },
        size=_count(connection, _SIZE),
        connections=int(sessions[0]),
        in_transaction=int(sessions[1]),
        oldest=float(sessions[2]),
        jobs=_count(connection, QUEUE),
        messages=_count(connection, MESSAGES),
    )


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
