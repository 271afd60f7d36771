"""Answers kept for requests that are sent again: found by their key, written with what they changed.

One transaction holds a request's change and its kept answer, so that a process killed at any moment leaves both or
neither. While it runs, it holds an advisory lock on the key, which ends with it however it ends.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.clock import utc_now
from app.extensions import db
from app.models import KeptAnswer
from app.models.scope import scoped_to

KEPT_FOR = timedelta(hours=24)


class InFlightError(Exception):
    """A request with the same key is being answered at this moment."""


def lock_key(org_id: UUID, key: str) -> KeptAnswer | None:
    """The answer that was kept under a key, if any; from here to the transaction's end the key is ours.

    Raises `InFlightError` where it is another request's. Two statements: the second sees what was committed before
    the lock was given.
    """
    name = hashlib.sha256(org_id.bytes + key.encode()).digest()[:8]
    number = int.from_bytes(name, "big", signed=True)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise InFlightError
    with scoped_to(org_id):
        found = db.session.get(KeptAnswer, (org_id, key), populate_existing=True)
        if found is not None and found.expires_at <= utc_now():
            db.session.delete(found)
            return None
        return found


def store(
    org_id: UUID, key: str, *, fingerprint: bytes, status: int, headers: dict[str, Any], body: bytes
) -> None:
    """Keep an answer, in the transaction of what it tells."""
    with scoped_to(org_id):
        db.session.add(
            KeptAnswer(
                org_id=org_id,
                key=key,
                fingerprint=fingerprint,
                status=status,
                headers=headers,
                body=body,
                expires_at=utc_now() + KEPT_FOR,
            )
        )


def forget_expired() -> None:
    """Remove answers that are kept long enough."""
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.expires_at <= utc_now()))
