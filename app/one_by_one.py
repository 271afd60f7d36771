"""Doing something for one organization after the other, so that the trouble of one is no one else's."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from sqlalchemy import text

from app.extensions import db

log = structlog.get_logger("billing.jobs")

T = TypeVar("T")

LOCK_SECONDS = 2
"""How long one is waited for whose rows someone else has locked; it is tried again the next time."""


def one_by_one(name: str, items: Iterable[T], do: Callable[[T], object], *, seconds: float) -> int:
    """Do something for each item, in a transaction of its own; how many failed. Commits.

    A failure is logged, and the others go on. After `seconds` the rest is left for the next time. The order changes
    each time, so that nothing is always last.
    """
    wanted = list(items)
    db.session.commit()
    random.shuffle(wanted)
    end, failed = time.monotonic() + seconds, 0
    for done, item in enumerate(wanted):
        if time.monotonic() > end:
            log.warning("left_for_the_next_time", job=name, left=len(wanted) - done)
            break
        try:
            db.session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            do(item)
            db.session.commit()
        except Exception:
            db.session.rollback()
            failed += 1
            log.exception("job_failed_for_one", job=name, item=str(item))
    return failed
