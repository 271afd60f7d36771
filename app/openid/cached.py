"""Something of the provider's that is fetched when it is needed, and kept for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from app.openid.errors import UnavailableError

T = TypeVar("T")

_FAILED_FOR = 5.0
"""Seconds after a failure within which no one tries again: who waits then would only wait longer."""
_AGAIN_EVERY = 30.0
"""Seconds between two times that it is fetched because something isn't in it: anyone may name what there isn't."""


class Cached(Generic[T]):
    """A value of `fetch`, kept for `seconds`. One thread fetches at a time; the others wait for what it gets, or fail
    with it."""

    def __init__(self, fetch: Callable[[], T], *, seconds: float) -> None:
        self._fetch, self._seconds = fetch, seconds
        self._lock = Lock()
        self._value: T | None = None
        self._fetched_at = self._failed_at = self._again_at = float("-inf")

    def get(self) -> T:
        """The value. Raises `UnavailableError`."""
        return self._fresh(self._seconds)

    def get_again(self) -> T:
        """The value, fetched again unless that was done a moment ago. Raises `UnavailableError`."""
        with self._lock:
            now = time.monotonic()
            is_due = now - self._again_at >= _AGAIN_EVERY
            if is_due:
                self._again_at = now
        return self._fresh(0 if is_due else self._seconds)

    def _fresh(self, seconds: float) -> T:
        found = self._known(seconds)
        if found is not None:
            return found
        asked_at = time.monotonic()
        with self._lock:
            # Another thread may have fetched it, or failed to, while this one waited.
            found = self._known(max(seconds, time.monotonic() - asked_at))
            if found is not None:
                return found
            if time.monotonic() - self._failed_at < _FAILED_FOR:
                raise UnavailableError("it didn't answer a moment ago, so it isn't asked yet")
            try:
                self._value = self._fetch()
            except UnavailableError:
                self._failed_at = time.monotonic()
                raise
            self._fetched_at = time.monotonic()
            return self._value

    def _known(self, seconds: float) -> T | None:
        return self._value if time.monotonic() - self._fetched_at < seconds else None
