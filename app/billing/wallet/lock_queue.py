"""Limits how many of a web process's threads may wait for one wallet's lock, so that one wallet can't block the
others.

A wallet is locked for milliseconds, as a rule. If something holds it for long, each request for it would occupy a
thread until its timeout. So only a few may wait for one wallet at a time. The others wait for a place for a moment,
or are refused immediately if those in line have already waited longer than that. Once one has timed out, only one at
a time tries until the wallet is free again.

Jobs may wait: only work marked `impatient` is limited.
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
"""Seconds for which others wait for a place, and for which waiting counts as normal."""

STUCK_SECONDS = 5
"""How long a wallet counts as stuck after a timeout, unless someone gets its lock first."""

impatient: ContextVar[bool] = ContextVar("impatient", default=False)
"""Whether the current work is a request that someone is waiting for."""

_changed = Condition()
_waiting: dict[UUID, list[float]] = {}
_stuck: dict[UUID, float] = {}
_HELD = "wallet_held"


class WalletBusyError(Exception):
    """The wallet has been locked for long; nothing was changed. The same request can be sent again."""


@contextmanager
def waiting_for(org_ids: Collection[UUID]) -> Iterator[None]:
    """Hold a place in line for wallets while the session acquires their lock. Raises `WalletBusyError`."""
    db.session.info[_HELD] = True
    with in_line(org_ids):
        yield


@contextmanager
def in_line(org_ids: Collection[UUID]) -> Iterator[None]:
    """The same for a lock that isn't the session's."""
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
    """Let only one thread at a time try these wallets, until one gets the lock. What was stuck long ago, and never
    tried again, is forgotten."""
    now = time.monotonic()
    with _changed:
        for org_id in [one for one, until in _stuck.items() if until < now]:
            del _stuck[org_id]
        _stuck.update(dict.fromkeys(org_ids, now + STUCK_SECONDS))


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
    """Whether waiting for its lock timed out recently."""
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
