"""A row of any table, made up from what its columns take: for what has to hold of every table there is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Enum, Table, insert, text

from app.extensions import db

_numbers = count(1)
_KEEPS_TO: dict[str, dict[str, Any]] = {
    "membership": {"role": "org_admin"},
    "transfer": {"credit": "wallet", "debit": "stripe"},
    "hold": {"set_aside_micro": 0},
    "envelope": {"held_micro": 0, "spent_micro": 0, "returned_micro": 0, "cut_micro": 0},
}
"""Where a column's values depend on another column."""


def a_row(table: Table, org_id: UUID) -> dict[str, Any]:
    """Values for every column of a table that has to have one."""
    values: dict[str, Any] = {
        column.name: _value(column.type)
        for column in table.columns
        if (not column.nullable or column.name == "org_id") and column.identity is None
    }
    values |= _KEEPS_TO.get(table.name, {})
    return values | {"org_id" if "org_id" in values else "id": org_id}


def write(connection: Connection, table: Table, org_id: UUID) -> None:
    """Write such a row, whatever it refers to; as a superuser."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(insert(table).values(a_row(table, org_id)))


def tables() -> list[Table]:
    """Every table that the models have with `org_id`, and the organizations themselves."""
    found = [table for table in db.metadata.sorted_tables if "org_id" in table.columns]
    return [*found, db.metadata.tables["organization"]]


def key_of(table: Table) -> str:
    """The column that says whose a row is."""
    return "org_id" if "org_id" in table.columns else "id"


def _value(kind: Any) -> Any:
    number = next(_numbers)
    if isinstance(kind, Enum):
        return kind.enums[0] if kind.enum_class is None else next(iter(kind.enum_class))
    simple: dict[type, Any] = {
        UUID: uuid4(),
        int: number,
        float: float(number),
        bool: False,
        bytes: number.to_bytes(16),
        date: date(2026, 1, 1),
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
        dict: {},
        list: [],
    }
    if type(kind).__name__ == "JSONB":
        return {}
    if kind.python_type is str:
        return str(number)[-2:] if kind.length is not None and kind.length < 5 else str(number)
    return simple[kind.python_type]
