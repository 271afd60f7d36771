"""Stored responses for repeated requests: found by their key, written with what the request changed.

A request's change and its response are stored in one transaction, so that a process killed at any moment
leaves both or neither. The transaction holds an advisory lock on the key until it ends, however it ends.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_

from app.clock import utc_now
from app.extensions import db
from app.models import StoredResponse
from app.models.scope import scoped_to
from app.transaction import transaction

STORED_FOR = timedelta(hours=24)
BATCH = 5_000
"""How many expired ones are deleted in one transaction."""


class InFlightError(Exception):
    """A request with the same key is still being processed."""


def lock_key(org_id: UUID, key: str) -> StoredResponse | None:
    """The response stored under a key, if any; the key is locked until the transaction ends.

    Raises `InFlightError` if another request holds it. Two statements: the second sees what was committed
    before the lock was granted.
    """
    name = hashlib.sha256(org_id.bytes + key.encode()).digest()[:8]
    number = int.from_bytes(name, "big", signed=True)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise InFlightError
    with scoped_to(org_id):
        found = db.session.get(StoredResponse, (org_id, key), populate_existing=True)
        if found is not None and found.expires_at <= utc_now():
            db.session.delete(found)
            return None
        return found


def store(
    org_id: UUID, key: str, *, fingerprint: bytes, status: int, headers: dict[str, Any], body: bytes
) -> None:
    """Store a response, in the transaction of the change that it reports."""
    with scoped_to(org_id):
        db.session.add(
            StoredResponse(
                org_id=org_id,
                key=key,
                fingerprint=fingerprint,
                status=status,
                headers=headers,
                body=body,
                expires_at=utc_now() + STORED_FOR,
            )
        )


def forget(kept: StoredResponse) -> None:
    """Delete a response, so that another can be stored under its key."""
    with scoped_to(kept.org_id):
        db.session.delete(kept)
        db.session.flush()


def delete_expired() -> None:
    """Delete expired responses. Commits in batches."""
    old = select(StoredResponse.org_id, StoredResponse.key).where(StoredResponse.expires_at <= utc_now())
    own = tuple_(StoredResponse.org_id, StoredResponse.key)
    deleted = BATCH
    while deleted == BATCH:
        with transaction():
            gone = delete(StoredResponse).where(own.in_(old.limit(BATCH))).returning(StoredResponse.org_id)
            deleted = len(db.session.execute(gone).all())
