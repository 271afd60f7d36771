"""Reading tables, keys and guards from PostgreSQL's catalog."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

_TABLES = text("""
    SELECT c.oid, c.relname AS name, c.relrowsecurity AS is_kept_apart, pg_get_partkeydef(c.oid) AS partitioned_by,
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'append_only') AS is_append_only
    FROM pg_class c
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = current_schema()::regnamespace
    ORDER BY relname""")
_COLUMNS = text("""
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS is_required
    FROM pg_attribute WHERE attrelid = :oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum""")
_KEYS = text("""
    SELECT contype::text AS kind, confrelid::regclass::text AS leads_to,
        ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
              JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place) AS columns
    FROM pg_constraint WHERE conrelid = :oid AND contype IN ('p', 'f') ORDER BY contype, conname""")
_UNIQUE = text("""
    SELECT ARRAY(SELECT pg_get_indexdef(indexrelid, place, true) FROM generate_series(1, indnkeyatts) AS place)
            AS columns,
        pg_get_expr(indpred, indrelid, true) AS condition
    FROM pg_index WHERE indrelid = :oid AND indisunique AND NOT indisprimary ORDER BY 1, 2""")


@dataclass(frozen=True, slots=True)
class Column:
    """A column, with its type as PostgreSQL writes it."""

    name: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that name a row of another table."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns (or expressions) that are unique together, among all rows or those that meet the condition."""

    columns: tuple[str, ...]
    condition: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, its keys, and what the database itself refuses."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    unique: tuple[Unique, ...]
    references: tuple[Reference, ...]
    is_append_only: bool
    is_kept_apart: bool
    partitioned_by: str | None


def read(connection: Connection) -> list[Table]:
    """Every table of the current schema but partitions, by name."""
    return [_table(connection, row) for row in connection.execute(_TABLES)]


def _table(connection: Connection, row: object) -> Table:
    oid = {"oid": getattr(row, "oid", None)}
    columns = tuple(Column(c.name, c.type, c.is_required) for c in connection.execute(_COLUMNS, oid))
    keys = connection.execute(_KEYS, oid).all()
    return Table(
        name=getattr(row, "name", ""),
        columns=columns,
        primary_key=next((tuple(key.columns) for key in keys if key.kind == "p"), ()),
        unique=tuple(Unique(tuple(u.columns), u.condition) for u in connection.execute(_UNIQUE, oid)),
        references=tuple(
            Reference(tuple(key.columns), key.leads_to.strip('"')) for key in keys if key.kind == "f"
        ),
        is_append_only=getattr(row, "is_append_only", False),
        is_kept_apart=getattr(row, "is_kept_apart", False),
        partitioned_by=getattr(row, "partitioned_by", None),
    )
