"""The sessions of one person, as they see and end them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select

from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.models import PendingSignIn, SignInSession
from app.notify import stored_texts
from app.people import own_trail, places, sessions
from app.people.digests import digest_of
from app.people.identification import Identity, Limits

MOST = 50
"""Sessions in the list; `end_others` ends those beyond it as well."""


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A signed-in browser: what it is, and where it was used last, in the person's language. `device` and `place` are
    None for sessions that began before they were stored."""

    id: UUID
    device: str | None
    place: str | None
    begun_at: datetime
    seen_at: datetime
    is_current: bool


def list_for(identity: Identity, limits: Limits) -> list[OwnSession]:
    """The person's sessions that have not expired: this one first, then by last use, `MOST` at most."""
    now, this = utc_now(), SignInSession.token_hash == digest_of(identity.token)
    query = (
        select(SignInSession, this)
        .where(
            SignInSession.user_id == identity.user.id,
            SignInSession.seen_at > now - limits.idle,
            SignInSession.created_at > now - limits.absolute,
            or_(SignInSession.ends_at.is_(None), SignInSession.ends_at > now),
        )
        .order_by(this.desc(), SignInSession.seen_at.desc(), SignInSession.id)
        .limit(MOST)
    )
    return [
        OwnSession(
            id=row.id,
            device=stored_texts.device(row.device) if row.device else None,
            place=stored_texts.place(place) if (place := places.as_text(row.address)) else None,
            begun_at=row.created_at,
            seen_at=row.seen_at,
            is_current=is_current,
        )
        for row, is_current in db.session.execute(query)
    ]


def end_one(identity: Identity, session_id: UUID, actor: Actor) -> bool:
    """End one of the person's sessions, with its next request; False if there is none of this id."""
    own = delete(SignInSession).where(
        SignInSession.id == session_id, SignInSession.user_id == identity.user.id
    )
    ended = db.session.execute(own.returning(SignInSession.device, SignInSession.address)).one_or_none()
    if ended is None:
        return False
    place = places.as_text(ended.address)
    own_trail.record(identity.user, actor, "user.session_ended", device=ended.device, place=place)
    return True


def end_all(identity: Identity, actor: Actor) -> None:
    """End all of the person's sessions, this one too."""
    sessions.end_all(identity.user.id)
    own_trail.record(identity.user, actor, "user.sessions_ended")


def end_others(identity: Identity, actor: Actor) -> int:
    """End all of the person's sessions but this one, also those that still wait for a second factor; returns how many
    there were."""
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == identity.user.id))
    others = delete(SignInSession).where(
        SignInSession.user_id == identity.user.id,
        SignInSession.token_hash != digest_of(identity.token),
    )
    count = int(db.session.execute(others).rowcount)  # type: ignore[attr-defined]
    if count:
        own_trail.record(identity.user, actor, "user.sessions_ended", but_one=True)
    return count
