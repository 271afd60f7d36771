"""Who comes in with an identity, and what they may do: people and organizations made from verified claims.

- The issuer's word counts for what it gave, and for nothing that was given here: a role that an owner, an operator or
  the platform gave stays as it is, and what the issuer takes away ends with the next sign-in.
- An account that someone could sign in to otherwise is never opened by an address alone: its person signs in, and
  connects the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.billing.audit import Actor
from app.clock import utc_now
from app.database.locks import advisory_lock
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import ExternalIdentity, Membership, Organization, User
from app.models.scope import Reason, seeing_all
from app.people import accounts, memberships, organizations, provisioning
from app.people.external import identities
from app.people.external.claims import Claims
from app.people.external.identities import AddressTakenError, IdentityError
from app.people.provisioning import RefusedError, Wanted

log = structlog.get_logger("billing.auth")

IDENTITY_PROVIDER = "identity provider"
"""The actor's name for what follows from an issuer's claims."""


class ConnectFirstError(IdentityError):
    """The address has an account that someone signs in to otherwise: that person has to connect the identity."""

    def __init__(self, email: str) -> None:
        super().__init__(
            gettext(
                "%(email)s already has an account here. Sign in to it as before; then connect it under "
                "Your account.",
                email=email,
            )
        )


class NoRoleError(IdentityError):
    """Nothing is open to the person. What the issuer took away has to be committed all the same."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Ask those who run it to give you a role for Voice Portal Billing, and sign in again.")
        )


@dataclass(frozen=True, slots=True)
class Admission:
    """Who comes in, as which identity. `org_id` is the organization that the claims name, if the person is in it.
    `user` is None if nothing is open to them."""

    user: User | None = None
    identity_id: UUID | None = None
    org_id: UUID | None = None


@seeing_all(Reason.PEOPLE)
def admit(claims: Claims, address: str | None) -> Admission:
    """Find or make the person, and give and take what the claims say. `address` is the IP address they come from.

    In the caller's transaction, to be committed also if nothing is open to the person. Locks the organizations
    concerned and the person. Raises `IdentityError`, and has changed nothing then.
    """
    actor = Actor(IDENTITY_PROVIDER, address=address)
    identities.lock(claims.issuer, claims.subject)
    identity = identities.find(claims.issuer, claims.subject)
    organization = _organization(claims, identity, actor)
    if identity is None:
        if organization is None:
            return Admission()
        identity = _identity(claims, actor)
    identity.last_used_at = utc_now()
    user = accounts.lock(db.session.get_one(User, identity.user_id))
    _settle(user, identity, claims, organization, actor)
    own = select(Membership.org_id).where(
        Membership.user_id == user.id,
        Membership.identity_id.is_(None) | (Membership.identity_id == identity.id),
    )
    open_to_them = set(db.session.scalars(own))
    if not open_to_them:
        return Admission()
    named = organization.id if organization is not None and organization.id in open_to_them else None
    return Admission(user, identity.id, named)


@seeing_all(Reason.PEOPLE)
def connect(user: User, claims: Claims, actor: Actor) -> None:
    """Connect an identity to the account of someone who is signed in to it, and give and take what the claims say. In
    the caller's transaction. Raises `IdentityError`."""
    identities.lock(claims.issuer, claims.subject)
    known = identities.find(claims.issuer, claims.subject)
    organization = _organization(claims, known, Actor(IDENTITY_PROVIDER, address=actor.address))
    identity = identities.connect(accounts.lock(user), claims, actor)
    _settle(user, identity, claims, organization, Actor(IDENTITY_PROVIDER, address=actor.address))


def _settle(
    user: User, identity: ExternalIdentity, claims: Claims, organization: Organization | None, actor: Actor
) -> None:
    """Give the role that the claims name, unless one was given here, and take away what the issuer gave before. In
    the caller's transaction, which has locked the organizations concerned."""
    for membership in memberships.list_for_person(user.id):
        named = membership.org_id == claims.organization_id
        if membership.identity_id != identity.id or (organization is not None and named):
            continue
        if named or claims.names_all:
            memberships.remove(organizations.locked(membership.org_id), user, actor)
    if organization is None or claims.role is None:
        return
    before = db.session.get(Membership, (organization.id, user.id))
    if before is None or before.identity_id is not None:
        memberships.assign_role(
            organization, user, claims.role, actor, added="user.added", identity_id=identity.id
        )


def _organization(claims: Claims, identity: ExternalIdentity | None, actor: Actor) -> Organization | None:
    """The organization that the person has a role in, made if it isn't there; None if they have none.

    Locks it together with those that the issuer gave the person before, in the order of their ids.
    """
    named = claims.organization_id
    if named is not None:
        advisory_lock(db.session(), f"organization {named}")
    given = select(Membership.org_id).where(Membership.identity_id == identity.id) if identity else None
    concerned = {*(db.session.scalars(given) if given is not None else ()), *((named,) if named else ())}
    locked = {org_id: organizations.locked_if_there(org_id) for org_id in sorted(concerned)}
    if claims.role is None or named is None:
        return None
    found = locked[named]
    if found is not None or not claims.organization_name:
        return found
    try:
        wanted = Wanted(name=claims.organization_name, timezone="UTC")
        return provisioning.provision(named, wanted, actor, sets_external_id=False)[0]
    except RefusedError as error:
        log.warning("organization_not_made", organization=str(named), reason=str(error))
        return None


def _identity(claims: Claims, actor: Actor) -> ExternalIdentity:
    """A new identity: of a new person, or of someone who has no other way in.

    Raises `AddressNotVerifiedError`, `ConnectFirstError` and `AddressTakenError`.
    """
    email = identities.verified_address(claims)
    new = insert(User).values(id=uuid7(), email=email, name=claims.name or email, created_at=utc_now())
    made = db.session.scalar(new.on_conflict_do_nothing().returning(User.id))
    if made is not None:
        return identities.add(db.session.get_one(User, made), claims)
    found = organizations.find_user(email)
    if found is None:
        raise AddressTakenError
    user = accounts.lock(found)
    if identities.find_of(user.id, claims.issuer) is not None:
        raise AddressTakenError
    if identities.signs_in_otherwise(user, claims.issuer):
        raise ConnectFirstError(email)
    return identities.add_and_notify(user, claims, actor)
