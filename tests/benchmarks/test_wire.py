"""Messages to the database are counted, whatever sends them."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from benchmarks import wire
from benchmarks.wire import Wire


def test_a_statement_is_one_wait_and_brings_rows(app: Flask) -> None:
    db.session.rollback()
    with wire.watching(app) as seen:
        db.session.execute(db.text("SELECT generate_series(1, 3)")).all()
        db.session.rollback()
    # What begins the transaction, and says whom it sees, has a row, too.
    assert (seen.statements, seen.waits, seen.rows) == (3, 3, 4)
    assert seen.received > seen.rows


def test_texts_of_several_lines_count_once() -> None:
    seen = Wire()
    seen.read("F\t20\tQuery\t \"SELECT 1\nB\tx\"\nB\t11\tDataRow\t 1 1 '1'\nF\t4\tSync\n")
    assert (seen.statements, seen.waits, seen.rows, seen.sent, seen.received) == (1, 2, 1, 26, 12)
    assert seen.per(2)["waits"] == 1
