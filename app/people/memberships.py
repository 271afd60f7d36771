"""Who has which role in an organization. The one place where a role is given, changed or lost, with all that
hangs on it: mail about the organization's money, and invitations to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.billing import audit
from app.billing.audit import Actor
from app.billing.customers import details
from app.clock import utc_now
from app.extensions import db
from app.models import Invitation, InvitationEnd, Membership, Organization, Role, User


def assign_role(organization: Organization, user: User, role: Role, actor: Actor) -> None:
    """Let a person have this role, and no other. In the caller's transaction."""
    membership = db.session.get(Membership, (organization.id, user.id))
    if membership is None:
        db.session.add(Membership(org_id=organization.id, user_id=user.id, role=role))
        db.session.flush()
    elif membership.role is not role:
        membership.role = role
        audit.record(organization.id, actor, "user.role_changed", user.email, role=role.value)
        if role is not Role.ORG_ADMIN:
            _lose(organization, user)


def remove(organization: Organization, user: User, actor: Actor) -> bool:
    """End a person's membership; with the next request they see nothing. False where they have none."""
    own = delete(Membership).where(Membership.org_id == organization.id, Membership.user_id == user.id)
    if not db.session.execute(own).rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(organization.id, actor, "user.removed", user.email)
    _lose(organization, user)
    return True


def list_for_person(user_id: UUID) -> list[Membership]:
    """All memberships of a person, in every organization."""
    return list(db.session.scalars(select(Membership).where(Membership.user_id == user_id)))


def people_of(org_id: UUID) -> dict[str, User]:
    """Everyone who has a role in an organization, by their address in lower case."""
    query = select(User).join(Membership, Membership.user_id == User.id).where(Membership.org_id == org_id)
    return {user.email.lower(): user for user in db.session.scalars(query)}


def _lose(organization: Organization, user: User) -> None:
    """Billing is no longer theirs: no mail about it, no invitation to it or by them."""
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
    details.forget_recipient(organization, user.email)
