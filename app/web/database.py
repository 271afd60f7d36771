"""How the application talks to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, ReadOnlySqlTransaction, SerializationFailure
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import metrics
from app.billing.wallet.lock_queue import WalletBusyError
from app.database import gone, traced
from app.database.fast import FastConnections
from app.database.replica import Replica
from app.database.timeouts import UNANSWERED
from app.queues import SLOTS
from app.transaction import transaction
from app.web.lock_timeouts import OF_JOBS, OF_REQUESTS
from app.web.pools import threads_of
from config import Settings
from database_addresses import conninfo

R = TypeVar("R")

_TRIES = 5
"""How often work is attempted when it conflicts with other transactions."""


_SPARE = 2
"""A worker's connections besides those of its slots: for recovering stalled jobs, and the lock of a
reconciliation."""


def engine_options(settings: Settings) -> dict[str, Any]:
    """A connection pool for a threaded process that recovers from a restart of the database.

    It is large enough for all slots of a worker that runs every queue, with spare connections.
    """
    threads = sum(threads_of(settings).values())
    return {
        "pool_pre_ping": True,
        # One for each thread, so that slow pages don't take the connections of the platform's threads; and as many
        # overflow connections, for counters in their own transactions.
        "pool_size": threads,
        "max_overflow": max(threads, sum(SLOTS.values()) + _SPARE - threads),
        "pool_timeout": 5,
        "connect_args": _connect_args(settings, lock_timeout=OF_JOBS),
    }


def fast_connections(settings: Settings) -> FastConnections:
    """The connections of the fast path, which only requests use: at most one for each thread of the platform's."""
    return FastConnections(
        conninfo(settings.database_url), **_connect_args(settings, lock_timeout=OF_REQUESTS)
    )


def replica(settings: Settings) -> Replica | None:
    """The replica of the settings; None where none is set. It has a connection for each thread that sends files."""
    if not settings.database_replica_url:
        return None
    threads = settings.download_threads + settings.page_threads
    engine = create_engine(
        settings.database_replica_url,
        pool_pre_ping=True,
        pool_size=settings.download_threads,
        max_overflow=threads,
        pool_timeout=5,
        connect_args=_connect_args(settings, lock_timeout=OF_JOBS),
    )
    gone.ignore_failed_rollbacks(engine)
    traced.listen(engine)
    count_connections(engine, of="replica")
    return Replica(engine, settings.database_replica_lag_seconds, checks_role=settings.is_production)


def _connect_args(settings: Settings, *, lock_timeout: str) -> dict[str, Any]:
    return {
        "connect_timeout": 3,
        **UNANSWERED,
        "options": f"-c timezone=UTC -c lock_timeout={lock_timeout} -c statement_timeout=20s",
        "application_name": f"billing-{settings.environment}",
    }


def count_connections(engine: Engine, *, of: str = "sessions") -> None:
    """Measure how many connections of a pool are in use."""
    in_use = metrics.CONNECTIONS_IN_USE.labels(of)
    event.listen(engine, "checkout", lambda *_: in_use.inc())
    event.listen(engine, "checkin", lambda *_: in_use.dec())


def is_unavailable(error: BaseException) -> bool:
    """Whether `error` means that the database is unavailable or restarting: retry soon, nothing was changed."""
    if isinstance(
        error, OperationalError | PoolTimeoutError | psycopg.OperationalError | ReadOnlySqlTransaction
    ):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_locked(error: BaseException) -> bool:
    """Whether `error` means that something else holds a lock for too long: retry soon, nothing was changed."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, LockNotAvailable | WalletBusyError)


def retry_on_conflict(work: Callable[[], R]) -> R:
    """Do some work and commit it; retry after a deadlock or a serialization failure.

    The work is the whole transaction. Raises what it raises, and the failure itself after five tries.
    """
    for left in reversed(range(_TRIES)):
        try:
            with transaction():
                return work()
        except (DBAPIError, DeadlockDetected, SerializationFailure) as error:
            if not left or not _is_conflict(error):
                raise
    raise AssertionError("the last try returns or raises")


def retry_when_locked(work: Callable[[], R]) -> R:
    """The same for someone who waits: once more where a lock wasn't given in time, and after a deadlock.

    The work is the whole transaction. Raises what it raises, and the failure itself after two tries.
    """
    try:
        with transaction():
            return work()
    except (DBAPIError, LockNotAvailable, DeadlockDetected) as error:
        if not (is_locked(error) or _is_conflict(error)):
            raise
    with transaction():
        return work()


def _is_conflict(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, DeadlockDetected | SerializationFailure)
