"""Waiting for a wallet's lock: how many of a web process's threads may, so that one wallet takes no others' threads.

A wallet is locked for milliseconds, as a rule. Where something holds it for long, each request for it would take a
thread until its patience ends. So few may wait for one wallet at a time; the others wait for a place for a moment,
and where who waits has waited for longer than that already, they are told at once to come again.

Jobs wait in their own time: only what is marked `impatient` is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Condition
from uuid import UUID

AT_ONCE = 2
"""How many threads may wait for one wallet's lock."""

GRACE = 0.25
"""Seconds for which others wait for such a place; and how long waiting is nothing unusual."""

impatient: ContextVar[bool] = ContextVar("impatient", default=False)
"""Whether the work at hand is a request, which somebody waits for."""

_changed = Condition()
_waiting: dict[UUID, list[float]] = {}


class WalletBusyError(Exception):
    """The wallet is locked by something that takes long; nothing was changed. The same request can be sent again."""


@contextmanager
def waiting_for(org_ids: Collection[UUID]) -> Iterator[None]:
    """Take a place among those who wait for wallets, while their lock is asked for. Raises `WalletBusyError`."""
    if not impatient.get():
        yield
        return
    since = time.monotonic()
    _enter(org_ids, since)
    try:
        yield
    finally:
        _leave(org_ids, since)


def _enter(org_ids: Collection[UUID], since: float) -> None:
    with _changed:
        while full := [org_id for org_id in org_ids if len(_waiting.get(org_id, ())) >= AT_ONCE]:
            now = time.monotonic()
            left = since + GRACE - now
            if left <= 0 or any(now - _waiting[org_id][0] > GRACE for org_id in full):
                raise WalletBusyError(", ".join(map(str, full)))
            _changed.wait(left)
        for org_id in org_ids:
            _waiting.setdefault(org_id, []).append(since)


def _leave(org_ids: Collection[UUID], since: float) -> None:
    with _changed:
        for org_id in org_ids:
            places = _waiting[org_id]
            places.remove(since)
            if not places:
                del _waiting[org_id]
        _changed.notify_all()
