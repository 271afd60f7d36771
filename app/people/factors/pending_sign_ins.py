"""Browsers whose password was right, or whom an identity provider sent, and whose second factor is still missing.

Such a browser isn't signed in: it has a token that only the page for the second factor accepts, for ten minutes, a
few wrong codes, and one success.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.clock import utc_now
from app.extensions import db
from app.models import PendingSignIn, User, tries
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of

VALID_FOR = timedelta(minutes=10)
MOST_FAILURES = 5
"""Wrong codes until the password is asked for again. How many there are for an account over time, from anywhere, is
counted by `app.web.attempts`."""


@seeing_all(Reason.SIGN_IN)
def begin(user: User, identity_id: UUID | None = None) -> str:
    """Begin to wait for the factor of a person whose password was right; returns the token for the browser.

    `identity_id` is set if an identity provider signed them in instead. In the caller's transaction.
    """
    token = secrets.token_urlsafe(32)
    expires_at = utc_now() + VALID_FOR
    db.session.add(
        PendingSignIn(
            token_hash=digest_of(token), user_id=user.id, expires_at=expires_at, identity_id=identity_id
        )
    )
    return token


@seeing_all(Reason.SIGN_IN)
def find(token: str) -> User | None:
    """Who has to prove a factor in the browser with this token; None if it is none, or its time or tries are over."""
    query = (
        select(User)
        .join(PendingSignIn, PendingSignIn.user_id == User.id)
        .where(
            PendingSignIn.token_hash == digest_of(token),
            tries.is_open(PendingSignIn, MOST_FAILURES),
        )
    )
    return db.session.scalar(query)


@seeing_all(Reason.SIGN_IN)
def identity_of(token: str) -> UUID | None:
    """Who the person signed in as at an identity provider, if they did."""
    return db.session.scalar(
        select(PendingSignIn.identity_id).where(PendingSignIn.token_hash == digest_of(token))
    )


@seeing_all(Reason.SIGN_IN)
def count_try(token: str) -> int | None:
    """Count a code before it is checked, in a transaction of its own; the count, None if no tries are left."""
    return tries.count_try(PendingSignIn, MOST_FAILURES, PendingSignIn.token_hash == digest_of(token))


@seeing_all(Reason.SIGN_IN)
def lock(token: str) -> bool:
    """Lock the waiting until the transaction ends; False if it is over. Before a code is used up: of two at the same
    moment, the second one finds it over and stays good."""
    own = select(PendingSignIn.user_id).where(
        PendingSignIn.token_hash == digest_of(token), PendingSignIn.expires_at > utc_now()
    )
    return db.session.scalar(own.with_for_update()) is not None


@seeing_all(Reason.SIGN_IN)
def finish(token: str) -> bool:
    """End the waiting because the factor was proven; False if another request was quicker, or the time is over.

    In the caller's transaction, together with the session that begins.
    """
    own = (
        delete(PendingSignIn)
        .where(PendingSignIn.token_hash == digest_of(token), PendingSignIn.expires_at > utc_now())
        .returning(PendingSignIn.user_id)
    )
    return db.session.scalar(own) is not None


@seeing_all(Reason.SIGN_IN)
def end_all(user_id: UUID) -> None:
    """End the waiting of every browser that gave a person's password: it isn't theirs anymore."""
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == user_id))


def delete_expired() -> None:
    """Delete those whose time is over."""
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.expires_at <= utc_now()))
