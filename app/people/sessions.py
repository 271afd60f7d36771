"""Sessions of signed-in browsers. They are rows in the database, so ending one ends it everywhere."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.clock import utc_now
from app.extensions import db
from app.models import Membership, Organization, PendingSignIn, Role, SignInSession, User
from app.models.scope import Reason, seeing_all
from app.people import languages
from app.people.digests import digest_of
from app.people.identification import Identity, Limits, Vouched

_SEEN_EVERY = timedelta(minutes=1)


@seeing_all(Reason.SIGN_IN)
def start(
    user: User,
    *,
    org_id: UUID | None = None,
    device: str | None = None,
    address: str | None = None,
    language: str | None = None,
    begun_at: datetime | None = None,
    confirmed_at: datetime | None = None,
    vouched: Vouched | None = None,
    ends_at: datetime | None = None,
) -> str:
    """Begin a session and return its token, which is stored only in the browser.

    The organization in view is `org_id`, or the first by name that the person owns, or is in. `device` is what the
    person uses, in words, at the IP address `address`; `language` is the locale of their browser, if known.
    `begun_at` is when they signed in, which its end is counted from, and `confirmed_at` when they last proved that
    it's them: by default now. `vouched` is set if an identity provider or the shell signed them in; with `ends_at`
    the shell, which opens `org_id` only.
    """
    token = secrets.token_urlsafe(32)
    now = utc_now()
    if language is not None:
        languages.keep_browsers(user, language)
    chosen = org_id or _first_organization(user, vouched)
    db.session.add(
        SignInSession(
            token_hash=digest_of(token),
            user_id=user.id,
            org_id=chosen,
            created_at=begun_at or now,
            seen_at=now,
            device=device,
            address=address,
            confirmed_at=confirmed_at or now,
            identity_id=vouched.identity_id if vouched else None,
            used_external_factor=vouched is not None and vouched.used_factor,
            ends_at=ends_at,
        )
    )
    return token


@seeing_all(Reason.SIGN_IN)
def touch(identity: Identity, *, device: str | None = None, address: str | None = None) -> None:
    """Record activity of the person, with what and from where: a stolen session shows."""
    seen = {"seen_at": utc_now(), "device": device, "address": address}
    db.session.execute(_own(identity.token, update(SignInSession)).values(seen))


def should_touch(identity: Identity) -> bool:
    """Whether activity has to be recorded again: once a minute is enough."""
    return utc_now() - identity.seen_at >= _SEEN_EVERY


@seeing_all(Reason.SIGN_IN)
def switch(identity: Identity, org_id: UUID) -> bool:
    """Switch to another of the person's organizations; False if it isn't theirs."""
    if org_id not in {seat.id for seat in identity.seats}:
        return False
    db.session.execute(_own(identity.token, update(SignInSession)).values(org_id=org_id))
    return True


@seeing_all(Reason.SIGN_IN)
def confirm(identity: Identity) -> None:
    """The person has proved again that it's them, in this session."""
    db.session.execute(_own(identity.token, update(SignInSession)).values(confirmed_at=utc_now()))


@seeing_all(Reason.SIGN_IN)
def renew(identity: Identity, ends_at: datetime, *, confirmed_at: datetime | None = None) -> None:
    """Let a session go on until `ends_at`. `confirmed_at` is when the person last proved that it's them, if known; an
    earlier time changes nothing. A person has to do something to stay signed in, and this isn't that."""
    changed: dict[str, Any] = {"ends_at": ends_at}
    if confirmed_at is not None:
        changed["confirmed_at"] = func.greatest(SignInSession.confirmed_at, confirmed_at)
    db.session.execute(_own(identity.token, update(SignInSession)).values(changed))


@seeing_all(Reason.SIGN_IN)
def end(token: str) -> None:
    """End one session."""
    db.session.execute(_own(token, delete(SignInSession)))


@seeing_all(Reason.SIGN_IN)
def end_all(user_id: UUID) -> None:
    """End every session of a person, also those that still wait for a second factor: after a new password."""
    db.session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == user_id))


@seeing_all(Reason.SIGN_IN)
def end_all_of_identity(identity_id: UUID) -> None:
    """End every session that an identity began, also those that still wait for a second factor."""
    db.session.execute(delete(SignInSession).where(SignInSession.identity_id == identity_id))
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.identity_id == identity_id))


def delete_expired(limits: Limits) -> int:
    """Delete expired sessions; returns how many."""
    now = utc_now()
    too_old = or_(
        SignInSession.seen_at < now - limits.idle,
        SignInSession.created_at < now - limits.absolute,
        SignInSession.ends_at < now,
    )
    return db.session.execute(delete(SignInSession).where(too_old)).rowcount  # type: ignore[attr-defined, no-any-return]


def _own(token: str, statement: Any) -> Any:
    return statement.where(SignInSession.token_hash == digest_of(token))


def _first_organization(user: User, vouched: Vouched | None) -> UUID | None:
    given_by = Membership.identity_id
    counts = or_(given_by.is_(None), given_by == vouched.identity_id) if vouched else given_by.is_(None)
    return db.session.execute(
        select(Membership.org_id)
        .join(Organization, Organization.id == Membership.org_id)
        .where(Membership.user_id == user.id, counts)
        .order_by(Membership.role != Role.ORG_ADMIN, Organization.name)
        .limit(1)
    ).scalar()
