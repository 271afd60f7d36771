"""Invitations to an organization: created by operators and the platform, accepted by the person with that
email address.

A link proves that someone was invited, and nothing more. Anyone who has an account for the address accepts by signing
in to it; a link sets a password only if there is no account yet. So a token of one organization, which
creates links, never gives access to what a person has elsewhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.language import gettext
from app.models import Invitation, InvitationEnd, Organization, Role, User
from app.people import accounts, memberships
from app.people.digests import digest_of
from app.people.organizations import PeopleError, checked_address, find_user, locked, owners_of

VALID_FOR = timedelta(days=7)


class LinkError(PeopleError):
    """A link is invalid: forged, used, replaced by a newer one, or expired."""


class NotYoursError(PeopleError):
    """An invitation is for a different address than that of the signed-in person."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """The token of a link. It is not stored."""

    email: str
    token: str
    expires_at: datetime


def expect(organization: Organization, email: str, actor: Actor) -> None:
    """Record a future owner, without a link yet; repeating it changes nothing."""
    if find_open(organization.id, email) is None:
        db.session.add(_made(organization.id, email, Role.ORG_ADMIN, actor))
        db.session.flush()


def invite(organization: Organization, email: str, *, role: Role, actor: Actor, name: str = "") -> NewLink:
    """Create a link for an address, and invalidate the previous one. In the caller's transaction. Raises
    `PeopleError`."""
    address = checked_address(email)
    locked(organization.id)
    before = find_open(organization.id, address)
    if before is not None:
        _end([before], InvitationEnd.REPLACED)
    token = secrets.token_urlsafe(32)
    made = _made(organization.id, address, role, actor)
    made.name = name.strip() or (before.name if before is not None else "")
    made.token_hash, made.expires_at = digest_of(token), utc_now() + VALID_FOR
    db.session.add(made)
    audit.record(organization.id, actor, "user.invited", address, role=role.value)
    db.session.flush()
    return NewLink(address, token, made.expires_at)


def invite_owner(organization: Organization, email: str, actor: Actor) -> NewLink:
    """Create a link for someone listed as an owner. Raises `PeopleError`, no matter who else has an account."""
    wanted = find_open(organization.id, email)
    if wanted is not None and wanted.role is Role.ORG_ADMIN:
        return invite(organization, wanted.email, role=Role.ORG_ADMIN, actor=actor)
    owner = next(
        (one for one in owners_of(organization.id) if one.email.lower() == email.strip().lower()), None
    )
    if owner is None:
        raise PeopleError(
            f"{email!r} is not among the owners of {organization.name}. Add them to its owners first."
        )
    if owner.password_hash is not None:
        raise PeopleError(
            f"{email!r} is already an owner and signs in with their password. "
            "If you forgot your password, use “Forgot password?” on the sign-in page."
        )
    return invite(organization, email, role=Role.ORG_ADMIN, actor=actor)


def list_open(org_id: UUID) -> list[Invitation]:
    """List invitations not yet accepted, by address."""
    return list(db.session.scalars(_open(org_id).order_by(func.lower(Invitation.email))))


def find_open(org_id: UUID, email: str) -> Invitation | None:
    """Find the open invitation of an address, ignoring case."""
    address = func.lower(Invitation.email) == func.lower(email.strip())
    return db.session.scalar(_open(org_id).where(address))


def withdraw(org_id: UUID, emails: Iterable[str], actor: Actor) -> None:
    """Withdraw the open invitations of some addresses."""
    for email in emails:
        found = find_open(org_id, email)
        if found is not None:
            _end([found], InvitationEnd.WITHDRAWN)
            audit.record(org_id, actor, "invitation.withdrawn", found.email)


def find(token: str) -> Invitation:
    """Find the open invitation of a link. Raises `LinkError`."""
    query = select(Invitation).where(
        Invitation.token_hash == digest_of(token),
        Invitation.ended_at.is_(None),
        Invitation.expires_at > utc_now(),
    )
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise LinkError(
            gettext("This link has been used, was replaced by a newer one, or is too old. Ask for a new one.")
        )
    return found


def accept(token: str, user: User, came_from: str | None) -> Organization:
    """Accept an invitation as the signed-in person. `came_from` is their IP address. Raises `LinkError` and
    `NotYoursError`."""
    invitation, organization = _held(token)
    if not is_for(invitation, user):
        raise NotYoursError(gettext("This invitation is for %(email)s.", email=invitation.email))
    _join(invitation, organization, user, came_from)
    return organization


def accept_as_new(token: str, password: str, came_from: str | None) -> tuple[User, Organization]:
    """Create an account with this password, and accept.

    Raises `LinkError`, `accounts.AccountExistsError`, and `WeakPasswordError` for a password that can't be chosen.
    """
    invitation, organization = _held(token)
    user = accounts.create(
        invitation.email, name=invitation.name, password=password, organization=organization
    )
    _join(invitation, organization, user, came_from)
    accounts.password_was_set(user, Actor(user.email, user.id, came_from), first=True)
    return user, organization


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation is for this person's address."""
    found = find_user(invitation.email)
    return found is not None and found.id == user.id


def _made(org_id: UUID, email: str, role: Role, actor: Actor) -> Invitation:
    return Invitation(
        org_id=org_id, email=email, role=role, invited_by=actor.name, invited_by_id=actor.user_id
    )


def _held(token: str) -> tuple[Invitation, Organization]:
    """The invitation and its organization, locked so that its owners can't change meanwhile. Raises `LinkError`."""
    organization = locked(find(token).org_id)
    return find(token), organization


def _join(invitation: Invitation, organization: Organization, user: User, came_from: str | None) -> None:
    actor = Actor(user.email, user.id, came_from)
    _end([invitation], InvitationEnd.ACCEPTED)
    memberships.assign_role(organization, user, invitation.role, actor, added="user.joined")
    db.session.flush()


def _end(invitations: Iterable[Invitation], as_: InvitationEnd) -> None:
    for one in invitations:
        one.ended_at, one.ended_as = utc_now(), as_
    db.session.flush()


def _open(org_id: UUID) -> Select[Invitation]:
    return select(Invitation).where(Invitation.org_id == org_id, Invitation.ended_at.is_(None))
