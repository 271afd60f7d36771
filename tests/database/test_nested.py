"""Rows of one statement as a column of another are the rows that it returns by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask
from sqlalchemy import select, text

from app.database.nested import Rows
from app.extensions import db
from app.models import CallingState


class Row(msgspec.Struct):
    id: UUID
    at: datetime | None
    day: date
    state: CallingState
    micro: int
    name: str
    is_open: bool


ROWS = Rows(Row)
_ROWS = text("""
SELECT * FROM (VALUES
    ('019ace00-0000-7000-8000-000000000002'::uuid, '2026-11-01 01:30:00.120000-05:30'::timestamptz, '2026-11-01'::date,
        'active', 9223372036854775807, E'two "lines"\\n[{}],\\\\ and é', true),
    ('019ace00-0000-7000-8000-000000000001'::uuid, NULL, '2026-02-28'::date, 'paused', -1, '', false)
) AS given (id, at, day, state, micro, name, is_open)
WHERE micro > :least ORDER BY id DESC""")


def nested(least: int) -> Any:
    column = ROWS.column(_ROWS.columns(*ROWS.named()))
    return db.session.execute(select(column), {"least": least}).scalar_one()


def test_rows_keep_their_types_and_their_order(app: Flask) -> None:
    found = ROWS.read(nested(-2))
    plain = [Row(*row) for row in db.session.execute(_ROWS, {"least": -2})]
    assert [msgspec.structs.astuple(one) for one in found] == [msgspec.structs.astuple(one) for one in plain]
    assert found[0].at == datetime(2026, 11, 1, 7, 0, 0, 120_000, tzinfo=UTC)
    assert found[1].state is CallingState.PAUSED


def test_no_rows_are_an_empty_list(app: Flask) -> None:
    assert nested(2**63 - 1) is None
    assert ROWS.read(None) == []
