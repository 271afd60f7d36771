"""Process organizations one by one, so that a failure of one does not affect the others."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from sqlalchemy import text

from app.database.conditions import log_failure
from app.extensions import db
from app.transaction import end_reading, transaction

log = structlog.get_logger("billing.jobs")

T = TypeVar("T")

LOCK_SECONDS = 2
"""How long to wait for rows locked by someone else; that item is retried the next time."""


def one_by_one(name: str, items: Iterable[T], do: Callable[[T], object], *, seconds: float) -> int:
    """Process each item in its own transaction; returns how many failed. Commits.

    Otherwise as `each_alone`. Waits only briefly for locks.
    """

    def alone(item: T) -> None:
        with transaction():
            db.session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            do(item)

    return each_alone(name, items, alone, seconds=seconds)


def each_alone(name: str, items: Iterable[T], do: Callable[[T], object], *, seconds: float) -> int:
    """Process each item with a function that commits by itself; returns how many failed.

    A failure is logged, and the others continue. After `seconds` the rest is left for the next time. The order is
    random, so that nothing is always last.
    """
    wanted = list(items)
    end_reading()
    random.shuffle(wanted)
    end, failed = time.monotonic() + seconds, 0
    for done, item in enumerate(wanted):
        if time.monotonic() > end:
            log.warning("left_for_the_next_time", job=name, left=len(wanted) - done)
            break
        try:
            do(item)
        except Exception as error:
            db.session.rollback()
            failed += 1
            log_failure(log, "job_failed_for_one", error, job=name, item=str(item))
    return failed
