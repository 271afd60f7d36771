"""Limits how many deliveries to one endpoint a process makes at the same time: fewer than its slots for all
endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

from app.queues import SLOTS, Queue

MOST = {True: SLOTS[Queue.CALLING] - 1, False: SLOTS[Queue.MESSAGES] // 2}
"""The limits for states and for other messages, so that a slow endpoint leaves slots for the others."""

_taken: Counter[tuple[UUID, bool]] = Counter()
_counting = Lock()


@contextmanager
def slot(endpoint_id: UUID, *, is_state: bool) -> Iterator[bool]:
    """Hold one of an endpoint's slots within the block; False if all are in use."""
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
