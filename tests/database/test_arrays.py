"""Rows go to a statement as array literals, and come back as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.database import arrays
from app.extensions import db
from app.ids import uuid7

ID = uuid7()


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("text", ["plain", "", "NULL", 'a "quoted" one', "back\\slash", "{a,b}", " ends ", "Ä\n雪"]),
        ("text", [None, 'a "quoted" one', None]),
        ("text", ["", ""]),
        ("text", ["back\\slash", "\\"]),
        ("bigint", [1, -(2**63), 2**63 - 1]),
        ("bigint", [None, 0]),
        ("boolean", [True, False]),
        ("boolean", [True, None]),
        ("uuid", [ID, ID, uuid7(), None]),
        ("date", [date(2026, 11, 29), None]),
        ("timestamptz", [datetime(2026, 11, 29, 1, 2, 3, 456789, tzinfo=UTC)]),
        ("bytea", [b"", b"\x00\xff\\"]),
        ("bytea", [b'"', None]),
        ("text", [None, None]),
        ("text", []),
    ],
)
def test_what_is_written_is_what_the_database_reads(app: Flask, type_: str, values: list[Any]) -> None:
    literal = {"literal": arrays.array(values)}
    query = db.text(f"SELECT unnest(CAST(:literal AS {type_}[]))")
    found = list(db.session.execute(query, literal).scalars())
    assert [bytes(one) if isinstance(one, memoryview) else one for one in found] == values


def test_rows_become_one_array_a_column() -> None:
    rows: list[tuple[UUID | str | int | None, ...]] = [(ID, "a", 1), (ID, None, 2)]
    assert arrays.columns(rows) == [f'{{"{ID}","{ID}"}}', '{"a",NULL}', "{1,2}"]


def test_moments_and_numbers_of_any_size_come_back_as_they_were(app: Flask) -> None:
    zones = st.just(UTC) | st.integers(-14 * 60, 14 * 60).map(lambda far: timezone(timedelta(minutes=far)))
    moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001

    @given(st.lists(moments | st.none(), max_size=5), st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()))
    def agree(times: list[datetime | None], numbers: list[int | None]) -> None:
        query = db.text(
            "SELECT ARRAY(SELECT extract(epoch FROM one) FROM unnest(CAST(:times AS timestamptz[])) AS one), "
            "CAST(:numbers AS bigint[])"
        )
        there = db.session.execute(
            query, {"times": arrays.array(times), "numbers": arrays.array(numbers)}
        ).one()
        ours = [
            one and (one - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) for one in times
        ]
        assert [one and one * 1_000_000 for one in there[0]] == ours
        assert there[1] == numbers

    agree()


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        arrays.columns([(1, 2), (1, 2, 3)])
