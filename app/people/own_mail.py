"""Mail to a person about their own account: to its address, and to no one else."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.billing.mail import notices
from app.extensions import db
from app.models import Invitation, Membership, User
from app.notify.letters import Letter
from app.people.organizations import PeopleError


class NoOrganizationError(PeopleError):
    """A person is in no organization, so there is nothing that they could sign in to."""


def write(user: User, letter: Letter, *, source: str) -> None:
    """Put a letter into the outbox of an organization that the person is in, or was invited to.

    Raises `NoOrganizationError` where there is none.
    """
    notices.personal(_organization_of(user), letter, to=user.email, source=source)


def _organization_of(user: User) -> UUID:
    member = db.session.scalar(
        select(Membership.org_id).where(Membership.user_id == user.id).order_by(Membership.org_id).limit(1)
    )
    if member is not None:
        return member
    invited = db.session.scalar(
        select(Invitation.org_id)
        .where(func.lower(Invitation.email) == user.email.lower(), Invitation.ended_at.is_(None))
        .order_by(Invitation.created_at)
        .limit(1)
    )
    if invited is None:
        raise NoOrganizationError(f"{user.email} is in no organization. Invite them to one first.")
    return invited
