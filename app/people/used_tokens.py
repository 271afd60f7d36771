"""Tokens that sign someone in do so once, whichever thread or process gets them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.clock import utc_now
from app.extensions import db
from app.models import UsedToken
from app.models.scope import Reason, seeing_all

_KEPT_AFTER = timedelta(hours=1)
"""Longer than any clock may differ by: until then the token might still be taken for a good one."""


@seeing_all(Reason.SIGN_IN)
def use(issuer: str, token_id: str, expires_at: datetime) -> bool:
    """Use a token up; False if it was used before. In a transaction of its own, so that what fails after it doesn't
    make the token good again. Of several at the same moment, the later ones wait for the first."""
    new = insert(UsedToken).values(token_hash=_digest(issuer, token_id), expires_at=expires_at)
    return db.session.scalar(new.on_conflict_do_nothing().returning(UsedToken.token_hash)) is not None


@seeing_all(Reason.SIGN_IN)
def is_used(issuer: str, token_id: str) -> bool:
    """Whether it was used, as far as is remembered."""
    query = select(UsedToken.token_hash).where(UsedToken.token_hash == _digest(issuer, token_id))
    return db.session.scalar(query) is not None


def delete_expired() -> None:
    """Delete those that no one could use any more."""
    db.session.execute(delete(UsedToken).where(UsedToken.expires_at < utc_now() - _KEPT_AFTER))


def _digest(issuer: str, token_id: str) -> bytes:
    return hashlib.sha256(f"{issuer}\n{token_id}".encode()).digest()
