"""Browsers that were sent to the identity provider: each visit for one browser, one purpose, one use, a few minutes.

They are rows instead of signed cookies, because a cookie can be sent twice. A browser may have several: each of its
tabs has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from app.clock import utc_now
from app.extensions import db
from app.models import ProviderVisit, VisitPurpose
from app.models.scope import Reason, seeing_all
from app.openid import Request
from app.people.digests import digest_of

VALID_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that a browser came back from."""

    purpose: VisitPurpose
    user_id: UUID | None
    request: Request
    way_back: str
    began_at: datetime


@seeing_all(Reason.SIGN_IN)
def begin(purpose: VisitPurpose, browser: str, way_back: str, user_id: UUID | None = None) -> Request:
    """Begin a visit of the browser whose session has the secret `browser`. In the caller's transaction."""
    request, now = Request.new(), utc_now()
    db.session.add(
        ProviderVisit(
            state_hash=digest_of(request.state),
            browser_hash=digest_of(browser),
            purpose=purpose,
            user_id=user_id,
            nonce=request.nonce,
            verifier=request.verifier,
            way_back=way_back,
            began_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    db.session.flush()
    return request


@seeing_all(Reason.SIGN_IN)
def end(state: str, browser: str) -> Visit | None:
    """End a visit; None if it isn't this browser's, has ended, or is too old.

    In the caller's transaction, which has to commit it also if what comes with it is refused.
    """
    own = (
        delete(ProviderVisit)
        .where(
            ProviderVisit.state_hash == digest_of(state),
            ProviderVisit.browser_hash == digest_of(browser),
            ProviderVisit.expires_at > utc_now(),
        )
        .returning(ProviderVisit)
        .execution_options(synchronize_session=False)
    )
    found = db.session.scalar(own)
    if found is None:
        return None
    request = Request(state, found.nonce, found.verifier)
    return Visit(found.purpose, found.user_id, request, found.way_back, found.began_at)


def delete_expired() -> None:
    """Delete those that are too old."""
    db.session.execute(delete(ProviderVisit).where(ProviderVisit.expires_at <= utc_now()))
