"""What the database itself says of its tables: columns, unique keys, foreign keys, identity columns, triggers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from app.database.cluster.tables import LIBRARIES

# Partitions follow their table; a month that was detached is a table of its own, and goes nowhere.
_TABLES = text(r"""
SELECT c.oid, c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
    AND c.relname NOT LIKE ALL (CAST(:libraries AS text[])) AND c.relname !~ '^usage_event_\d'
ORDER BY c.relname""")
_COLUMNS = text("""
SELECT attrelid, attname, attnotnull, attidentity FROM pg_attribute
WHERE attrelid = ANY (:tables) AND attnum > 0 AND NOT attisdropped""")
_KEYS = text("""
SELECT i.indrelid, i.indexrelid::regclass::text AS name,
    array_agg(a.attname::text) FILTER (WHERE a.attname IS NOT NULL) AS columns
FROM pg_index i LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisunique AND i.indrelid = ANY (:tables) GROUP BY 1, 2""")
_FOREIGN_KEYS = text("""
SELECT c.conname, f.relname AS table, t.relname AS target, pg_get_constraintdef(c.oid) AS definition,
    (SELECT array_agg(attname::text ORDER BY at) FROM unnest(c.conkey) WITH ORDINALITY AS k (num, at)
        JOIN pg_attribute ON attrelid = c.conrelid AND attnum = num) AS columns,
    (SELECT array_agg(attname::text ORDER BY at) FROM unnest(c.confkey) WITH ORDINALITY AS k (num, at)
        JOIN pg_attribute ON attrelid = c.confrelid AND attnum = num) AS target_columns
FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = ANY (:tables)
ORDER BY f.relname, c.conname""")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One foreign key, with its columns in the order of those that they refer to."""

    name: str
    table: str
    target: str
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    definition: str


@dataclass(slots=True)
class Table:
    """A table: for each column whether it may be null, the columns of each unique key, and identity columns."""

    columns: dict[str, bool] = field(default_factory=dict)
    unique: dict[str, frozenset[str]] = field(default_factory=dict)
    identities: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables by name, and the foreign keys between them."""

    tables: dict[str, Table]
    foreign_keys: Sequence[ForeignKey]


def read(connection: Connection) -> Schema:
    """Read it. Four statements."""
    found = {row.oid: row.relname for row in connection.execute(_TABLES, {"libraries": list(LIBRARIES)})}
    tables: dict[str, Table] = defaultdict(Table)
    ids = {"tables": list(found)}
    for row in connection.execute(_COLUMNS, ids):
        tables[found[row.attrelid]].columns[row.attname] = not row.attnotnull
        if row.attidentity:
            tables[found[row.attrelid]].identities.append(row.attname)
    for row in connection.execute(_KEYS, ids):
        tables[found[row.indrelid]].unique[row.name] = frozenset(row.columns or ())
    keys = [
        ForeignKey(
            row.conname, row.table, row.target, tuple(row.columns), tuple(row.target_columns), row.definition
        )
        for row in connection.execute(_FOREIGN_KEYS, ids)
    ]
    return Schema(dict(tables), keys)
