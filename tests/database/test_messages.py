"""Statements in one message: rows of each, the first one's error, and a connection that can be used on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from psycopg.errors import DivisionByZero, SyntaxError, UniqueViolation

from app.database.messages import FastConnection
from tests.support.database import superuser


@pytest.fixture
def connection(app: Flask) -> Iterator[FastConnection]:
    url = app.config["SETTINGS"].database_url.replace("+psycopg", "", 1)
    with FastConnection.open(url, options="-c timezone=UTC") as opened:
        yield opened


def test_each_statement_has_its_rows(connection: FastConnection) -> None:
    for _ in range(2):
        assert connection.send(
            ("SELECT 1, 'one'", ()),
            ("SELECT n FROM generate_series(1, %s::int) AS n", ["3"]),
            ("SELECT 1 WHERE false", ()),
            ("SET application_name = 'billing-messages'", ()),
            ("SELECT %s::text, %s::text[]", [None, '{"a\\"b",NULL}']),
        ) == [[(1, "one")], [(1,), (2,), (3,)], [], [], [(None, ['a"b', None])]]


def test_types_are_the_drivers(connection: FastConnection) -> None:
    [[row]] = connection.send(("""SELECT '{"a": [1]}'::jsonb, timestamptz '2026-11-30 12:00Z', true""", ()))
    assert row == ({"a": [1]}, datetime(2026, 11, 30, 12, tzinfo=UTC), True)


def test_named_parameters_may_be_used_more_than_once(connection: FastConnection) -> None:
    statement = "SELECT %(one)s::int + %(two)s::int, %(one)s::text || '%%'"
    assert connection.send((statement, {"two": "2", "one": "1"})) == [[(3, "1%")]]


def test_a_message_is_one_transaction(connection: FastConnection) -> None:
    with pytest.raises(DivisionByZero):
        connection.send(
            ("CREATE TEMPORARY TABLE kept (n int UNIQUE)", ()),
            ("SELECT 1 / %s::int", ["0"]),
            ("SELECT 2", ()),
        )
    assert connection.send(("SELECT to_regclass('kept')", ())) == [[(None,)]]


def test_one_that_is_begun_goes_on_in_the_next(connection: FastConnection) -> None:
    connection.send(("BEGIN", ()), ("SELECT set_config('app.org_id', 'all', true)", ()))
    asked = ("SELECT current_setting('app.org_id', true)", ())
    assert connection.send(asked, ("COMMIT", ())) == [[("all",)], []]
    assert connection.send(asked) == [[("",)]]


def test_after_an_error_it_can_be_used_on(connection: FastConnection) -> None:
    wrong = ("SELEC 1", ())
    for _ in range(2):
        with pytest.raises(SyntaxError):
            connection.send(("BEGIN", ()), wrong, ("SELECT 3", ()))
        connection.rollback()
        assert connection.send(("BEGIN", ()), ("SELECT 3", ()), ("COMMIT", ())) == [[], [(3,)], []]
    connection.send(("CREATE TEMPORARY TABLE kept (n int UNIQUE)", ()))
    add = ("INSERT INTO kept VALUES (%s::int)", ["1"])
    with pytest.raises(UniqueViolation):
        connection.send(add, add)
    assert connection.send(add) == [[]]


def test_a_large_message_and_a_large_answer_pass(connection: FastConnection) -> None:
    text = "x" * 3_000_000
    rows = connection.send(*[("SELECT %s::text", [text])] * 5)
    assert [len(row[0][0]) for row in rows] == [3_000_000] * 5


def test_a_lost_connection_is_said_to_be(connection: FastConnection) -> None:
    with superuser().begin() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)")
    with pytest.raises(psycopg.OperationalError):
        connection.send(("SELECT 1", ()))
    assert connection.closed


@pytest.mark.parametrize("text", ["cut\0here", "\ud800"])
def test_a_text_that_can_not_be_sent_is_refused_before_anything_is(
    connection: FastConnection, text: str
) -> None:
    with pytest.raises(psycopg.DataError):
        connection.send(("BEGIN", ()), ("SELECT %s::text", [text]))
    assert connection.info.transaction_status.name == "IDLE"
    assert connection.send(("SELECT 1", ())) == [[(1,)]]
