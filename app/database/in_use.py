"""Online schema changes: each in its own short transaction, never blocking for long."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, text

_TRIES, _PAUSE_SECONDS = 30, 1.0
_LOCK_TIMEOUT = "1s"
"""Less than a request waits for a lock (`app.web.lock_timeouts.OF_REQUESTS`): requests wait behind this one."""
_LOCK_NOT_AVAILABLE, _DEADLOCK = "55P03", "40P01"


def change(connection: Connection, statements: str) -> None:
    """Run statements as one message, and so as one transaction; if a table stays locked, retry a little later.

    For migrations, in an `autocommit_block`. Anything queued behind this waits a second at most.
    """
    driver: Any = connection.connection.driver_connection
    for left in reversed(range(_TRIES)):
        try:
            # By the driver directly: the statements are full of `%` and `:`.
            driver.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'; {statements}")
        except Exception as error:
            if not left or getattr(error, "sqlstate", None) not in {_LOCK_NOT_AVAILABLE, _DEADLOCK}:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def tables_of_organizations(connection: Connection) -> list[str]:
    """Every table with `org_id`, including partitions."""
    query = text("""
        SELECT pg_class.oid::regclass::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE attname = 'org_id' AND NOT attisdropped AND relkind IN ('r', 'p')
          AND relnamespace = current_schema()::regnamespace ORDER BY 1""")
    return list(connection.scalars(query))


def index_partitions(connection: Connection, table: str, name: str, of: str) -> None:
    """Index a partitioned table without blocking writers: each partition concurrently, then the whole.

    For migrations, in an `autocommit_block`. `of` is what follows the table in `CREATE INDEX`. What was interrupted
    begins again.
    """
    change(connection, f"DROP INDEX IF EXISTS {name}; CREATE INDEX {name} ON ONLY {table} {of}")
    query = text(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:parent AS regclass)"
    )
    driver: Any = connection.connection.driver_connection
    for partition in connection.scalars(query, {"parent": table}).all():
        own = f"{name}_{partition.removeprefix(f'{table}_')}"
        driver.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {own}")
        driver.execute(f"CREATE INDEX CONCURRENTLY {own} ON {partition} {of}")
        change(connection, f"ALTER INDEX {name} ATTACH PARTITION {own}")


def fill(connection: Connection, table: str, statement: str, *, days: int) -> None:
    """Let a statement fill what is new, for rows of `table` by day: organization by organization, some `days` in each
    transaction, the newest first, because those are what pages show.

    `statement` names `{org_id}`, `{first}` and `{last}`. For migrations, in an `autocommit_block`.
    """
    change(connection, "SET statement_timeout = 0")
    of_each = text(
        f"SELECT org_id, min(posted_on) AS first, max(posted_on) AS last FROM {table} GROUP BY 1 ORDER BY 1"  # noqa: S608 - the migration's own table
    )
    for org_id, first, last in connection.execute(of_each).all():
        for ago in range(0, (last - first).days + 1, days):
            end = f"'{last}'::date - {ago}"
            change(connection, statement.format(org_id=f"'{org_id}'", first=f"{end} - {days - 1}", last=end))
    change(connection, "RESET statement_timeout")
