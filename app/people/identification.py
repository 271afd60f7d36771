"""Who a signed-in browser's person is: found by the token of their session, in one statement for each request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from app.billing.wallet import leases
from app.clock import utc_now
from app.extensions import db
from app.models import Membership, Organization, Role, SignInSession, User, Wallet
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of
from app.people.factors import status


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
