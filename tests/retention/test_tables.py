"""Every table is kept for a reason or has a job that removes what is old of it, and only that."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, insert, select, text

from app.billing import catalog
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7, uuid7_floor
from app.retention import DELETED, KEPT
from dev.testing import tables
from tests.factories import an_organization
from tests.support.database import behind_the_scenes
from tests.support.rows import a_row
from tests.support.sandbox import work_through

ELSEWHERE = {
    "usage_event": "tests/billing/usage/test_retention.py",
    "procrastinate_events": "goes with its job, by its foreign key",
}
"""What isn't removed row by row, and the test that shows it."""

Row = dict[str, Any]


def days(number: float) -> Any:
    return utc_now() - timedelta(days=number)


def an_id(ago: float) -> UUID:
    return uuid7_floor(days(ago))


def old_and_others() -> dict[str, tuple[list[Row], list[Row]]]:
    """Of each table the rows that have to go, and those that have to stay: what isn't as old by a day, and what is
    as old and still needed."""
    late = catalog.current().late_days
    message, newest, waiting = an_id(95), an_id(94), an_id(96)
    return {
        "hold": (
            [
                {"id": an_id(102 + one), "state": state, "ended_at": days(101)}
                for one, state in enumerate(ENDED)
            ],
            [
                {"id": an_id(110), "state": "captured", "ended_at": days(99)},
                {"id": an_id(111), "state": "active", "ended_at": None, "expires_at": days(110)},
            ],
        ),
        "platform_message": (
            [{"id": message, "created_at": days(95)}],
            [
                {"id": waiting, "created_at": days(96)},
                {"id": an_id(97), "created_at": days(89)},
                {"id": newest, "created_at": days(94)},  # the last one of its organization
            ],
        ),
        "platform_delivery": (
            [{"message_id": message, "state": "failed", "ended_at": days(91)}],
            [
                {"message_id": waiting, "state": "waiting", "ended_at": None},
                {"message_id": newest, "state": "delivered", "ended_at": days(91)},
            ],
        ),
        "alert_delivery": (
            [{"id": an_id(92), "state": "delivered", "ended_at": days(91)}],
            [
                {"id": an_id(93), "state": "failed", "ended_at": days(89)},
                {"id": an_id(94), "state": "waiting", "ended_at": None},
            ],
        ),
        "mail": (
            [{"id": an_id(402), "state": "sent", "sent_at": days(401)}],
            [
                {"id": an_id(403), "state": "sent", "sent_at": days(399)},
                {"id": an_id(404), "state": "waiting", "next_try_at": days(403)},
            ],
        ),
        "invitation": (
            [
                {"id": an_id(402), "ended_at": days(401)},
                {"id": an_id(410), "token_hash": b"1", "expires_at": days(403)},
            ],
            [
                {"id": an_id(403), "ended_at": days(399)},
                {"id": an_id(404), "token_hash": b"2", "expires_at": days(390)},
                {"id": an_id(500), "token_hash": None, "expires_at": None},
            ],
        ),
        "kept_answer": _by("expires_at", 0.01, -0.1),
        "passkey_challenge": _by("expires_at", 0.01, -0.1),
        "pending_sign_in": _by("expires_at", 0.01, -0.1),
        "provider_visit": _by("expires_at", 0.01, -0.1),
        "used_token": _by("expires_at", 2, -0.1),
        "rate_limit_counter": _by("expires_at", 0.01, -0.1),
        "sign_in_session": (
            [{"created_at": days(300), "seen_at": days(300)}],
            [{"created_at": days(0.01), "seen_at": days(0)}],
        ),
        "operator_session": (
            [
                {"token_hash": b"1", "created_at": days(0.4), "seen_at": days(0)},
                {"token_hash": b"2", "created_at": days(0.1), "seen_at": days(0.02)},
            ],
            [{"token_hash": b"3", "created_at": days(0.1), "seen_at": days(0)}],
        ),
        "plan_switch": (
            [{"id": an_id(8), "status": "review", "created_at": days(8)}],
            [
                {"id": an_id(6), "status": "review", "created_at": days(6)},
                {"id": an_id(9), "status": "done", "created_at": days(9)},
            ],
        ),
        "reconciliation_run": _by("started_at", 91, 89),
        "rejected_event": _by("received_at", 91, 89),
        "spend_hour": _by("hour", 102, 98),
        "stripe_event": (
            [{"received_at": days(91), "state": "handled"}, {"received_at": days(92), "state": "ignored"}],
            [{"received_at": days(89), "state": "handled"}, {"received_at": days(91), "state": "failed"}],
        ),
        "usage_digest": _by("at", late + 2, late - 1),
        "usage_key": _by("at", late + 2, late - 1),
    }


ENDED = ("captured", "released", "expired")


def _by(column: str, old: float, new: float) -> tuple[list[Row], list[Row]]:
    return [{column: days(old)}], [{column: days(new)}]


def test_every_table_is_kept_for_a_reason_or_has_a_job(app: Flask) -> None:
    assert not set(KEPT) & set(DELETED)
    there = set(tables(db.session.connection()))
    assert sorted({*KEPT, *DELETED}) == sorted(there | {"alembic_version"})
    assert all(KEPT.values())


def test_each_job_is_a_function() -> None:
    for path in DELETED.values():
        module, name = path.rsplit(".", 1)
        assert callable(getattr(import_module(module), name)), path


def test_what_is_old_goes_and_nothing_else(app: Flask) -> None:
    organization, rows = an_organization(), old_and_others()
    assert {*rows, "procrastinate_jobs", *ELSEWHERE} == set(DELETED)
    gone, left = {}, {}
    with behind_the_scenes() as connection:
        for name, (old, others) in rows.items():
            gone[name] = {_write(connection, name, organization.id, row) for row in old}
            left[name] = {_write(connection, name, organization.id, row) for row in others}
        jobs = [_failed_job(connection, ago) for ago in (91, 89)]
    enqueue("nightly", timestamp=0)
    db.session.commit()
    work_through(app)
    for name in rows:
        found = _keys(name)
        assert not gone[name] & found, f"{name}: what is old is still there"
        assert left[name] <= found, f"{name}: what isn't old is gone"
    found = db.session.scalars(text("SELECT id FROM procrastinate_jobs WHERE task_name = 'gone'")).all()
    assert found == jobs[1:]


def _write(connection: Connection, name: str, org_id: UUID, changes: Row) -> tuple[Any, ...]:
    """A row of a table with these values. Returns its key."""
    table = db.metadata.tables[name]
    row = {key: value for key, value in a_row(table, org_id).items() if key in table.columns}
    if "org_id" not in table.columns and "id" in table.columns:
        row["id"] = table.columns["id"].type.python_type(str(uuid7()))
    return tuple(connection.execute(insert(table).values(row | changes).returning(*table.primary_key)).one())


def _keys(name: str) -> set[tuple[Any, ...]]:
    table = db.metadata.tables[name]
    return {tuple(row) for row in db.session.execute(select(*table.primary_key))}


def _failed_job(connection: Connection, ago: int) -> int:
    job = connection.scalar(
        text(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status) VALUES ('gone', 'x', 'failed') RETURNING id"
        )
    )
    connection.execute(
        text("INSERT INTO procrastinate_events (job_id, type, at) VALUES (:job, 'failed', :at)"),
        {"job": job, "at": days(ago)},
    )
    assert isinstance(job, int)
    return job
