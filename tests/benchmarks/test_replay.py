"""The floor writes the very rows that were written, into tables of its own."""

from __future__ import annotations

import psycopg
from flask import Flask

from app.extensions import db, driver_connection
from benchmarks import writes
from benchmarks.ingest_costs import TABLES, WRITTEN
from benchmarks.replay import Recorded, Replay, recording
from dev.database_roles import Addresses
from tests.factories import an_organization
from tests.support.metering import an_event, on_growth, take


def test_what_a_batch_writes_is_written_once_more(app: Flask, database: Addresses) -> None:
    organization = on_growth()
    floor = Replay(database.superuser.replace("+psycopg", "", 1), TABLES)
    recorded: Recorded = []
    with recording(recorded):
        take(*[an_event(organization, f"e{number}") for number in range(7)])
    written = [(text, values) for text, values in recorded if any(name in text for name in TABLES)]
    assert len(written) >= 6
    try:
        floor.write(written)
        for table in TABLES:
            both = [
                floor.connection.execute(f"SELECT * FROM {prefix}{table} ORDER BY 1, 2, 3").fetchall()
                for prefix in ("", "floor_")
            ]
            assert len(both[0]) == len(both[1]) > 0, table
    finally:
        for table in TABLES:
            floor.connection.execute(f"DROP TABLE floor_{table}")
        floor.connection.commit()
        floor.connection.close()


def test_rows_are_counted_as_they_are_written(app: Flask, database: Addresses) -> None:
    an_organization(credit="1")
    with psycopg.connect(database.superuser.replace("+psycopg", "", 1), autocommit=True) as owner:
        with writes.counting(app, owner) as written:
            db.session.execute(db.text("UPDATE wallet SET version = version + 1"))
            driver_connection().execute("UPDATE account SET balance_micro = balance_micro")
            db.session.commit()
        accounts = owner.execute("SELECT count(*) FROM account").fetchone()
    assert accounts is not None
    assert (written.rows, written.inserted) == (1 + accounts[0], 0)


def test_rows_of_other_tables_are_told_apart(app: Flask, database: Addresses) -> None:
    """What the demo's programs write, while usage is counted, isn't of the batch; what triggers write is."""
    organization = on_growth()
    take(an_event(organization, "before"))
    db.session.commit()
    with psycopg.connect(database.superuser.replace("+psycopg", "", 1), autocommit=True) as owner:
        with writes.counting(app, owner, WRITTEN) as written:
            take(an_event(organization, "e2"))
            db.session.execute(db.text("UPDATE organization SET name = name"))
            db.session.commit()
        kept = owner.execute("SELECT count(*) FROM usage_event").fetchone()
    assert kept == (2,)
    # The event and its key are new; the totals of its day, meter, campaign and agent grow.
    assert written.inserted >= 2
    assert written.updated >= 4
    assert written.elsewhere == 1
