"""Locks that a whole run holds, across its commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select


class AlreadyRunningError(Exception):
    """Another process is at it right now."""


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[None]:
    """Hold the lock of this name for a whole run, on a connection of its own because the run commits many times.

    The lock ends with the connection, so a killed run leaves none. Raises `AlreadyRunningError`.
    """
    lock = func.hashtextextended(name, 0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(lock))):
            raise AlreadyRunningError
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(lock)))
