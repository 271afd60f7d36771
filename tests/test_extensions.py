"""Enqueueing is a statement of the transaction like any other, also where it fails."""

from __future__ import annotations

import pytest
from flask import Flask
from psycopg.errors import AdminShutdown, LockNotAvailable
from sqlalchemy import text

from app.extensions import db, driver_connection, enqueue
from app.web.database import is_locked, is_unavailable
from tests.support.database import superuser


def test_a_lost_connection_is_the_drivers_own_error(app: Flask) -> None:
    pid = driver_connection().info.backend_pid
    with superuser().connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with pytest.raises(AdminShutdown) as found:
        enqueue("handle_stripe_event", event_id="evt_1")
    assert is_unavailable(found.value)
    db.session.remove()
    db.engine.dispose()  # connections are trusted in tests


def test_locked_jobs_are_the_drivers_own_error(app: Flask) -> None:
    db.session.execute(text("SET LOCAL lock_timeout = '1ms'"))
    with superuser().connect() as other:
        other.execute(text("LOCK TABLE procrastinate_jobs IN EXCLUSIVE MODE"))
        with pytest.raises(LockNotAvailable) as found:
            enqueue("handle_stripe_event", event_id="evt_1")
    assert is_locked(found.value)


def test_a_network_is_counted_as_one_whatever_addresses_it_asks_from(app: Flask) -> None:
    client = app.test_client()

    def ask(address: str) -> int:
        return client.post("/csp-reports", environ_overrides={"REMOTE_ADDR": address}).status_code

    asked = [ask(f"2001:db8:1:2::{number:x}") for number in range(61)]
    assert asked == [400] * 60 + [429]
    assert ask("2001:db8:1:3::1") == 400
    assert ask("192.0.2.1") == 400
