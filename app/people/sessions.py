"""Sessions of signed-in browsers. They are rows in the database, so ending one ends it everywhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from app.billing.wallet import leases
from app.clock import utc_now
from app.extensions import db
from app.models import Membership, Organization, PendingSignIn, Role, SignInSession, User, Wallet
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of
from app.people.factors import status

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without activity, and in total."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Seat:
    """An organization that a person can switch to."""

    id: UUID
    name: str
    slug: str
    current: bool


@dataclass(frozen=True, slots=True)
class Vouched:
    """An identity provider vouches for the person of a session: as whom, and whether they used a second factor there.
    Roles that it gave count in such sessions only."""

    identity_id: UUID
    used_factor: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in person, the organization in view, and their role; with the wallet's version, for live pages.

    `has_lease_over`: a lease may have expired that the wallet's version doesn't reflect yet. `lacks_factor`: the
    organization requires a second factor, and the person has none. `begun_at` is when they signed in, `confirmed_at`
    when it was last proved that it is this person (`app.people.confirmation`). `vouched` is set if an identity
    provider or the shell signed them in. With `ends_at` it was the shell: for this organization only, until then.
    """

    token: str
    user: User
    organization: Organization | None
    role: Role | None
    wallet_version: int | None
    has_lease_over: bool
    lacks_factor: bool
    seats: tuple[Seat, ...]
    seen_at: datetime
    begun_at: datetime
    confirmed_at: datetime
    vouched: Vouched | None
    ends_at: datetime | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The value that flask-login stores in the cookie."""
        return self.token

    @property
    def is_org_admin(self) -> bool:
        return self.role is Role.ORG_ADMIN


@seeing_all(Reason.SIGN_IN)
def start(
    user: User,
    *,
    org_id: UUID | None = None,
    device: str | None = None,
    address: str | None = None,
    begun_at: datetime | None = None,
    confirmed_at: datetime | None = None,
    vouched: Vouched | None = None,
    ends_at: datetime | None = None,
) -> str:
    """Begin a session and return its token, which is stored only in the browser.

    The organization in view is `org_id`, or the first by name that the person owns, or is in. `device` is what the
    person uses, in words, at the IP address `address`. `begun_at` is when they signed in, which its end is counted
    from, and `confirmed_at` when they last proved that it's them: by default now. `vouched` is set if an identity
    provider or the shell signed them in; with `ends_at` the shell, which opens `org_id` only.
    """
    token = secrets.token_urlsafe(32)
    now = utc_now()
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
def identify(token: str, limits: Limits) -> Identity | None:
    """Identify the person by session token, in one statement; None if the session has ended or expired."""
    now = utc_now()
    row = db.session.execute(
        _who_has(),
        {
            "token": digest_of(token),
            "at": now,
            "seen_after": now - limits.idle,
            "begun_after": now - limits.absolute,
        },
    ).one_or_none()
    if row is None:
        return None
    (
        user,
        organization,
        role,
        version,
        has_lease_over,
        lacks_factor,
        seen_at,
        begun_at,
        confirmed_at,
        identity_id,
        used_factor,
        ends_at,
        found,
    ) = row
    in_view = str(organization.id) if organization else None
    choices = tuple(Seat(UUID(id_), name, slug, id_ == in_view) for id_, name, slug in found or ())
    return Identity(
        token,
        user,
        organization,
        role,
        version,
        bool(has_lease_over),
        bool(lacks_factor),
        choices,
        seen_at,
        begun_at,
        confirmed_at,
        Vouched(identity_id, used_factor) if identity_id else None,
        ends_at,
    )


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


@cache
def _who_has() -> Select[*tuple[Any, ...]]:
    """Everything about a session by its token, by primary keys. Built once: every request runs it."""
    seats = aliased(Membership)
    seat_organization = aliased(Organization)
    own_seats = (
        select(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_array(
                        seat_organization.id, seat_organization.name, seat_organization.slug
                    ),
                    seat_organization.name,
                )
            )
        )
        .select_from(seats)
        .join(seat_organization, seat_organization.id == seats.org_id)
        .where(
            seats.user_id == SignInSession.user_id,
            _counts(seats.identity_id),
            or_(SignInSession.ends_at.is_(None), seats.org_id == SignInSession.org_id),
        )
        .scalar_subquery()
    )
    return (
        select(
            User,
            Organization,
            Membership.role,
            Wallet.version,
            leases.are_over(bindparam("at")),
            Organization.requires_second_factor
            & ~SignInSession.used_external_factor
            & ~status.is_there(SignInSession.user_id),
            SignInSession.seen_at,
            SignInSession.created_at,
            func.coalesce(SignInSession.confirmed_at, SignInSession.created_at),
            SignInSession.identity_id,
            SignInSession.used_external_factor,
            SignInSession.ends_at,
            own_seats.cast(JSONB),
        )
        .select_from(SignInSession)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(Membership, _membership_in_view())
        .outerjoin(Organization, Organization.id == Membership.org_id)
        .outerjoin(Wallet, Wallet.org_id == Organization.id)
        .where(SignInSession.token_hash == bindparam("token"))
        .where(SignInSession.seen_at > bindparam("seen_after"))
        .where(SignInSession.created_at > bindparam("begun_after"))
        .where(or_(SignInSession.ends_at.is_(None), SignInSession.ends_at > bindparam("at")))
    )


def _membership_in_view() -> ColumnElement[bool]:
    return and_(
        Membership.org_id == SignInSession.org_id,
        Membership.user_id == SignInSession.user_id,
        _counts(Membership.identity_id),
    )


def _counts(given_by: Any) -> ColumnElement[bool]:
    """Whether a role counts in a session: it was given here, or by the issuer of the identity that began it."""
    return or_(given_by.is_(None), given_by == SignInSession.identity_id)


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
