"""Advisory locks: one for a transaction, and one that a whole run holds across its commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session


class AlreadyRunningError(Exception):
    """Another process is already running it."""


def advisory_lock(session: Session, name: str) -> None:
    """Acquire the lock of this name, waiting if necessary, and hold it until the transaction ends.

    Acquired before an object is fetched from Stripe: everything that others have posted for it is visible then, and
    no one can overtake with something newer. The wallet stays free, because Stripe may be slow.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[None]:
    """Hold the lock of this name for a whole run, on a connection of its own because the run commits many times.

    The lock ends with the connection, so a killed run leaves none behind. Raises `AlreadyRunningError`.
    """
    lock = func.hashtextextended(name, 0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(lock))):
            raise AlreadyRunningError
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(lock)))
