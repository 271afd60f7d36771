"""People's roles in organizations. The only place where a role is assigned, changed, or removed, along with what
depends on it: billing emails, credit alerts, and invitations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.billing import audit
from app.billing.alerts import channels
from app.billing.audit import Action, Actor
from app.billing.customers import details
from app.clock import utc_now
from app.extensions import db
from app.models import Invitation, InvitationEnd, Membership, Organization, Role, User
from app.people import owner_mail


def assign_role(
    organization: Organization,
    user: User,
    role: Role,
    actor: Actor,
    *,
    added: Action | None = "user.added",
    identity_id: UUID | None = None,
) -> None:
    """Assign a person this role, replacing any other. In the caller's transaction. `added` is how the trail calls it
    where they had none; None for the demo, whose people were there before. `identity_id` is set if the issuer of that
    identity gives it: it then counts only in sessions that begin there."""
    membership = db.session.get(Membership, (organization.id, user.id))
    if membership is None:
        db.session.add(
            Membership(org_id=organization.id, user_id=user.id, role=role, identity_id=identity_id)
        )
        db.session.flush()
        if added is not None:
            audit.record(organization.id, actor, added, user.email, role=role.value)
        if added is not None and role is Role.ORG_ADMIN:
            did_it = added == "user.joined" or identity_id is not None
            owner_mail.owners_changed(organization, user, actor, is_owner=True, did_it=did_it)
        return
    membership.identity_id = identity_id
    if membership.role is not role:
        membership.role = role
        audit.record(organization.id, actor, "user.role_changed", user.email, role=role.value)
        owner_mail.owners_changed(organization, user, actor, is_owner=role is Role.ORG_ADMIN)
        if role is not Role.ORG_ADMIN:
            _lose(organization, user, actor)


def remove(organization: Organization, user: User, actor: Actor) -> bool:
    """Remove a person's membership; they lose access with their next request. False if they have none."""
    own = delete(Membership).where(Membership.org_id == organization.id, Membership.user_id == user.id)
    role = db.session.scalar(own.returning(Membership.role))
    if role is None:
        return False
    audit.record(organization.id, actor, "user.removed", user.email)
    if role is Role.ORG_ADMIN:
        owner_mail.owners_changed(organization, user, actor, is_owner=False)
    _lose(organization, user, actor)
    return True


def list_for_person(user_id: UUID) -> list[Membership]:
    """List the memberships of a person in all organizations."""
    return list(db.session.scalars(select(Membership).where(Membership.user_id == user_id)))


def role_of(org_id: UUID, user_id: UUID) -> Role | None:
    """A person's role in an organization, as it is in the database now; None if they have none."""
    return db.session.scalar(
        select(Membership.role).where(Membership.org_id == org_id, Membership.user_id == user_id)
    )


def people_of(org_id: UUID) -> dict[str, User]:
    """Everyone with a role in an organization, by lower-case email address."""
    query = select(User).join(Membership, Membership.user_id == User.id).where(Membership.org_id == org_id)
    return {user.email.lower(): user for user in db.session.scalars(query)}


def _lose(organization: Organization, user: User, actor: Actor) -> None:
    """Remove what depends on the role: billing emails, credit alerts, and invitations to or by the person."""
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.org_id == organization.id,
            Invitation.ended_at.is_(None),
            or_(func.lower(Invitation.email) == user.email.lower(), Invitation.invited_by_id == user.id),
        )
        .values(ended_at=utc_now(), ended_as=InvitationEnd.WITHDRAWN)
    )
    db.session.flush()
    details.remove_recipient(organization, user.email, actor)
    channels.forget_person(organization, user)
