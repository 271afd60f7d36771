"""Organizations whose people need a second factor."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.extensions import db
from app.language import gettext
from app.models import Membership, Organization, User
from app.models.scope import Reason, seeing_all
from app.people import organizations, owner_mail
from app.people.factors import changes, status
from app.people.organizations import PeopleError


class NoFactorError(PeopleError):
    """Someone without a second factor would shut themselves out."""

    def __init__(self) -> None:
        super().__init__(gettext("Set up a second factor of your own first."))


def require(org_id: UUID, owner: User, actor: Actor) -> None:
    """Require a second factor of everyone in an organization. Locks it and the owner, in the caller's transaction.

    Raises `NoFactorError` unless the owner has one.
    """
    organization = organizations.locked(org_id)
    changes.lock(owner.id)
    if not status.has_any(owner.id):
        raise NoFactorError
    _set(organization, actor, required=True)


def stop_requiring(org_id: UUID, actor: Actor) -> None:
    """Require none any more. Locks the organization, in the caller's transaction."""
    _set(organizations.locked(org_id), actor, required=False)


@seeing_all(Reason.PEOPLE)
def requiring(user_id: UUID) -> list[str]:
    """The names of the person's organizations that require a second factor."""
    query = (
        select(Organization.name)
        .join(Membership, Membership.org_id == Organization.id)
        .where(Membership.user_id == user_id, Organization.requires_second_factor)
        .order_by(Organization.name)
    )
    return list(db.session.scalars(query))


def _set(organization: Organization, actor: Actor, *, required: bool) -> None:
    if organization.requires_second_factor is required:
        return
    organization.requires_second_factor = required
    if not required:
        owner_mail.security_weakened(organization, "factor_optional", actor)
    audit.record(
        organization.id,
        actor,
        "organization.second_factor_required" if required else "organization.second_factor_optional",
        organization.slug,
    )
    db.session.flush()
