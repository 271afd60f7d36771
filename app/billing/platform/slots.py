"""How many deliveries to one endpoint a process makes at the same time: fewer than it has slots for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

from app.queues import SLOTS, Queue

MOST = {True: SLOTS[Queue.CALLING] - 1, False: SLOTS[Queue.MESSAGES] // 2}
"""For messages about a state, and for all others. What a slow endpoint leaves free is there for the others."""

_taken: Counter[tuple[UUID, bool]] = Counter()
_counting = Lock()


@contextmanager
def slot(endpoint_id: UUID, *, is_state: bool) -> Iterator[bool]:
    """Take one of an endpoint's slots while this lasts; False where all are taken."""
    key = (endpoint_id, is_state)
    with _counting:
        got = _taken[key] < MOST[is_state]
        _taken[key] += got
    try:
        yield got
    finally:
        with _counting:
            _taken[key] -= got
            if not _taken[key]:
                del _taken[key]
