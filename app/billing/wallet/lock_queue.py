"""Waiting for a wallet's lock: how many of a web process's threads may, so that one wallet takes no others' threads.

A wallet is locked for milliseconds, as a rule. Where something holds it for long, each request for it would
take a thread until its patience ends. So few may wait for one wallet at a time; the others wait for a place
for a moment, and where who waits has waited for longer than that already, they are told immediately to come
again. Once someone's patience has ended, one at a time tries until the wallet is free again.

Jobs wait in their own time: only what is marked `impatient` is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Condition
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db

AT_THE_SAME_TIME = 2
"""How many threads may wait for one wallet's lock."""

GRACE = 0.75
"""Seconds for which others wait for such a place; and how long waiting is nothing unusual."""

STUCK_SECONDS = 5
"""How long a wallet counts as held after someone's patience has ended, if no one gets its lock before."""

impatient: ContextVar[bool] = ContextVar("impatient", default=False)
"""Whether the current work is a request, which someone waits for."""

_changed = Condition()
_waiting: dict[UUID, list[float]] = {}
_stuck: dict[UUID, float] = {}
_HELD = "wallet_held"


class WalletBusyError(Exception):
    """The wallet is locked by something that takes long; nothing was changed. The same request can be sent again."""


@contextmanager
def waiting_for(org_ids: Collection[UUID]) -> Iterator[None]:
    """Take a place among those who wait for wallets, while their lock is asked for. Raises `WalletBusyError`."""
    db.session.info[_HELD] = True
    if not impatient.get():
        yield
        return
    since = time.monotonic()
    _enter(org_ids, since)
    try:
        yield
    except BaseException:
        if len(org_ids) == 1 and time.monotonic() - since > GRACE:
            mark_stuck(org_ids)
        raise
    else:
        _note_free(org_ids)
    finally:
        _leave(org_ids, since)


def mark_stuck(org_ids: Collection[UUID]) -> None:
    """Let only one at a time try these wallets, until one gets the lock."""
    with _changed:
        _stuck.update(dict.fromkeys(org_ids, time.monotonic() + STUCK_SECONDS))


def _note_free(org_ids: Collection[UUID]) -> None:
    if _stuck:
        with _changed:
            for org_id in org_ids:
                _stuck.pop(org_id, None)


def is_any_held() -> bool:
    """Whether the session's transaction has locked a wallet, or tried to."""
    return bool(db.session.info.get(_HELD))


@event.listens_for(Session, "after_transaction_end")
def _release(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_HELD, None)


def _enter(org_ids: Collection[UUID], since: float) -> None:
    with _changed:
        while full := [org_id for org_id in org_ids if len(_waiting.get(org_id, ())) >= _places(org_id)]:
            now = time.monotonic()
            left = since + GRACE - now
            if left <= 0 or any(_is_stuck(org_id, now) for org_id in full):
                raise WalletBusyError(", ".join(map(str, full)))
            _changed.wait(left)
        for org_id in org_ids:
            _waiting.setdefault(org_id, []).append(since)


def _places(org_id: UUID) -> int:
    return 1 if org_id in _stuck else AT_THE_SAME_TIME


def _is_stuck(org_id: UUID, now: float) -> bool:
    """Whether its lock is waited for in vain; forgets what was long ago."""
    if _stuck.get(org_id, now) < now:
        del _stuck[org_id]
    return org_id in _stuck or now - _waiting[org_id][0] > GRACE


def _leave(org_ids: Collection[UUID], since: float) -> None:
    with _changed:
        for org_id in org_ids:
            places = _waiting[org_id]
            places.remove(since)
            if not places:
                del _waiting[org_id]
        _changed.notify_all()
