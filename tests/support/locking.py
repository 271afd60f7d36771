"""Another program that holds a wallet's lock, for as long as a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import text

from app.extensions import db
from tests.support.database import superuser
from tests.support.waiting import wait_until

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def wallet_locked(org_id: UUID) -> Iterator[None]:
    """Lock an organization's wallet on a connection of its own."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute("SELECT set_config('app.org_id', 'all', true)")
            cursor.execute("SELECT 1 FROM wallet WHERE org_id = %s FOR UPDATE", (org_id,))
            assert cursor.fetchone() is not None
        try:
            yield
        finally:
            driver.rollback()


def someone_waits() -> bool:
    """Whether a connection waits for a lock of this database."""
    with superuser().connect() as connection:
        return bool(connection.scalar(_WAITING))


def until_someone_waits() -> None:
    """Return once another connection waits for a lock of this database."""
    wait_until(someone_waits, "no one waits for a lock")
