"""How many requests a token may make per minute, reported in `RateLimit` and `RateLimit-Policy`
(draft-ietf-httpapi-ratelimit-headers).

All web processes share one counter per minute and token, in PostgreSQL, and each draws from it in portions. So the
limit applies however requests spread over processes, and a busy token costs one small write for many requests.
Dividing the limit among the processes would cost no writes, but a client with a single connection would get only one
process's share. What a process drew and did not use is lost to the others until the minute ends: at most one portion.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import Response, current_app, g, request

from app.api import problems
from app.api.problems import ProblemError
from app.people.tokens import Caller
from app.web.rate_limits import PostgresStorage

WINDOW = 60
"""Seconds."""

_COUNTED = "billing.counted_for"
"""In a request's environment: the token that it was counted for."""


@dataclass(slots=True)
class _Portion:
    """What this process may still serve in a window, and what all processes had left when it drew its portion."""

    window: int
    own: int = 0
    shared: int = 0


class Counter:
    """The requests of one process."""

    def __init__(self, per_window: int) -> None:
        self.limit = per_window
        self._portion_size = max(per_window // 100, 1)
        self._portions: dict[UUID, _Portion] = {}
        self._lock = Lock()
        self._storage = PostgresStorage()

    def take(self, token_id: UUID, now: float) -> int | None:
        """Count a request. Returns how many are left in this window, or None if the limit is exceeded."""
        window = int(now // WINDOW)
        with self._lock:
            portion = self._portion_of(token_id, window)
            if portion.own:
                portion.own -= 1
                return portion.own + portion.shared
            if portion.shared < 0:
                return None
        taken = self._storage.incr(f"api:{token_id}:{window}", 2 * WINDOW, self._portion_size)
        granted = min(self.limit - (taken - self._portion_size), self._portion_size)
        with self._lock:
            portion = self._portion_of(token_id, window)
            portion.shared = max(self.limit - taken, 0)
            if granted <= 0:
                portion.shared = -1
                return None
            portion.own += granted - 1
            return portion.own + portion.shared

    def take_drawn(self, token_id: UUID, now: float) -> int | None:
        """The same from what was drawn already; None, and nothing is counted, where that is used up."""
        portion = self._portions.get(token_id)
        if portion is None or portion.window != int(now // WINDOW):
            return None
        with self._lock:
            if not portion.own:
                return None
            portion.own -= 1
            return portion.own + portion.shared

    def _portion_of(self, token_id: UUID, window: int) -> _Portion:
        portion = self._portions.get(token_id)
        if portion is None or portion.window != window:
            if portion is not None:
                # A window has ended, and it is the same for all tokens.
                self._portions = {id_: one for id_, one in self._portions.items() if one.window == window}
            portion = self._portions[token_id] = _Portion(window)
        return portion


def count(caller: Caller) -> None:
    """Count a request of a token, unless `is_within` has. Raises `ProblemError` if the limit is exceeded."""
    if request.environ.get(_COUNTED) == caller.token_id or is_within(caller.token_id):
        return
    wait = _seconds_left(time.time())
    raise ProblemError(
        problems.TOO_MANY,
        f"Limit of {_counter().limit:,} requests per minute exceeded. Wait {wait} seconds.",
        headers={"Retry-After": str(wait)},
    )


def is_within(token_id: UUID) -> bool:
    """Count the request for a token that is known to be genuine; whether that is within the limit."""
    now = time.time()
    left = _counter().take(token_id, now)
    g.api_limit = _headers_of(left or 0, now)
    if left is None:
        return False
    request.environ[_COUNTED] = token_id
    return True


def take_drawn(token_id: UUID) -> dict[str, str] | None:
    """Count a request that Flask doesn't serve, if that takes no statement. Returns the headers that say how many are
    left; None: it isn't counted."""
    now = time.time()
    left = _counter().take_drawn(token_id, now)
    return _headers_of(left, now) if left is not None else None


def _headers_of(left: int, now: float) -> dict[str, str]:
    """The headers that say how many requests are left."""
    return {
        "RateLimit-Policy": f'"requests";q={_counter().limit};w={WINDOW}',
        "RateLimit": f'"requests";r={left};t={_seconds_left(now)}',
    }


def note_counted(token_id: UUID, headers: Mapping[str, str]) -> None:
    """The request was counted for a token before (`take_drawn`), with these headers."""
    g.api_limit = headers
    request.environ[_COUNTED] = token_id


def _counter() -> Counter:
    counter: Counter = current_app.extensions["api_counter"]
    return counter


def _seconds_left(now: float) -> int:
    return max(math.ceil(WINDOW - now % WINDOW), 1)


def add_headers(response: Response) -> Response:
    """Add the rate limit headers to the response."""
    response.headers.update(g.get("api_limit", {}))
    return response
