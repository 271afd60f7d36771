"""Bringing a test's database back to what it was before the test."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
      AND relname <> 'alembic_version' ORDER BY relname
"""


def reset(engine: Engine, *, keep: Collection[str] = ()) -> None:
    """Empty every table but alembic's own and the ones to keep.

    Raises `sqlalchemy.exc.OperationalError` after ten seconds when a forgotten transaction still holds rows.
    """
    # It takes a millisecond or two where TRUNCATE of all tables takes a file operation each. Triggers and foreign
    # keys are off meanwhile: the ledger refuses DELETE by a trigger, and the order of tables does not matter.
    with engine.begin() as connection:
        deletes = [f'DELETE FROM "{table}";' for table in filled_tables(connection) if table not in keep]  # noqa: S608
        if deletes:
            settings = "SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica;"
            connection.exec_driver_sql(f"DO $$ BEGIN {settings} {' '.join(deletes)} END $$")


def filled_tables(connection: Connection) -> list[str]:
    """The tables that have rows, but alembic's own; which tables there are is looked up once for each connection."""
    # One query, always the same, so that the server plans it only once.
    each = (f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables(connection))  # noqa: S608
    return list(connection.exec_driver_sql(" UNION ALL ".join(each)).scalars())


def tables(connection: Connection) -> list[str]:
    """All tables but alembic's own, in order."""
    found: list[str] | None = connection.info.get(_TABLES)
    if found is None:
        found = connection.info[_TABLES] = list(connection.exec_driver_sql(_TABLES).scalars())
    return found
