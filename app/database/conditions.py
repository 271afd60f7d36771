"""Why something failed that is no defect: what an operator can do something about, told by one word.

A full disk, a database that restarts, a lock that isn't given: they come with exceptions in the middle of any code,
and with a traceback of it they would look like its defect.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

NOT_NOW = "not_possible_now"
"""The line in the log: `what` would have been logged as a defect, and `condition` is why it is none."""


AGAIN_AFTER = timedelta(seconds=30)
"""When to try again what failed for a condition: it says nothing about the thing itself, so the next try is soon, and
it isn't counted among those after which a thing is given up."""


class Condition(StrEnum):
    """What to look at; docs/operations.md says what to do."""

    DISK_FULL = "disk_full"  # the database's, or this machine's
    OUT_OF_MEMORY = "out_of_memory"
    NO_CONNECTION = "no_connection"  # all that PostgreSQL or this process may have are in use
    LOCKED = "locked"
    TOO_SLOW = "too_slow"  # a statement was ended by its time limit
    DATABASE_AWAY = "database_away"


_BY_ERROR: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Condition], ...] = (
    (errors.DiskFull, Condition.DISK_FULL),
    ((errors.OutOfMemory, MemoryError), Condition.OUT_OF_MEMORY),
    ((errors.TooManyConnections, PoolTimeoutError), Condition.NO_CONNECTION),
    (
        (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure),
        Condition.LOCKED,
    ),
    (errors.QueryCanceled, Condition.TOO_SLOW),
    (
        (psycopg.OperationalError, OperationalError, errors.ReadOnlySqlTransaction),
        Condition.DATABASE_AWAY,
    ),
)
_FULL = {errno.ENOSPC, errno.EDQUOT}


def condition_of(error: BaseException) -> Condition | None:
    """Why something failed; None if it is a defect, for all that is known."""
    chain = list(_causes(error))
    for kinds, condition in _BY_ERROR:
        if any(isinstance(one, kinds) for one in chain):
            return condition
    if any(isinstance(one, OSError) and one.errno in _FULL for one in chain):
        return Condition.DISK_FULL
    if any(isinstance(one, DBAPIError) and one.connection_invalidated for one in chain):
        return Condition.DATABASE_AWAY
    return None


def log_failure(log: Any, what: str, error: BaseException, **facts: object) -> None:
    """Log what failed: as a defect with its traceback, or as what an operator can do something about."""
    condition = condition_of(error)
    if condition is None:
        log.error(what, exc_info=error, **facts)
    else:
        log.warning(NOT_NOW, what=what, condition=condition.value, reason=first_line(error), **facts)


def first_line(error: BaseException) -> str:
    """What an error says, without what the driver adds."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, the driver's own that it wraps, and those that they came from."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [getattr(one, "orig", None), one.__cause__]
