"""Challenges for passkeys: each for one browser, one purpose, one use, and a few minutes.

They are what makes an answer fresh (https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges). They are rows
instead of signed cookies, because a cookie can be sent twice. A browser may have several: each of its tabs has its
own.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from app.clock import utc_now
from app.extensions import db
from app.models import ChallengePurpose, PasskeyChallenge
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of

VALID_FOR = timedelta(minutes=5)


@seeing_all(Reason.SIGN_IN)
def issue(purpose: ChallengePurpose, browser: str, user_id: UUID | None) -> bytes:
    """A new challenge for the browser whose session has the secret `browser`. In the caller's transaction."""
    challenge = secrets.token_bytes(32)
    db.session.add(
        PasskeyChallenge(
            challenge_hash=hashlib.sha256(challenge).digest(),
            browser_hash=digest_of(browser),
            purpose=purpose,
            user_id=user_id,
            expires_at=utc_now() + VALID_FOR,
        )
    )
    db.session.flush()
    return challenge


@seeing_all(Reason.SIGN_IN)
def take(challenge: bytes, purpose: ChallengePurpose, browser: str, user_id: UUID | None) -> bool:
    """Use a challenge up; False if it isn't this browser's for this purpose and person, was used, or is too old.

    In the caller's transaction, which has to commit it also if what comes with it is refused.
    """
    taken = (
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge_hash == hashlib.sha256(challenge).digest(),
            PasskeyChallenge.browser_hash == digest_of(browser),
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.user_id.is_not_distinct_from(user_id),
            PasskeyChallenge.expires_at > utc_now(),
        )
        .returning(PasskeyChallenge.challenge_hash)
    )
    return db.session.scalar(taken) is not None


def delete_expired() -> None:
    """Delete those that are too old."""
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= utc_now()))
