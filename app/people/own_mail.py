"""Emails to a person about their own account: only to its address."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from sqlalchemy import func, select

from app.billing.mail import notices
from app.extensions import db
from app.language import gettext
from app.models import Invitation, Membership, User
from app.notify.emails import Email
from app.people.organizations import PeopleError


class NoOrganizationError(PeopleError):
    """A person is in no organization, so there is nothing to sign in to."""


def write(user: User, email: Email, *, source: str) -> None:
    """Put an email into the outbox of one of the person's organizations, or one they were invited to.

    Raises `NoOrganizationError` if there is none.
    """
    notices.personal(_organization_of(user), email, to=user.email, source=source)


def write_if_possible(user: User, email: Email, *, source: str) -> None:
    """As `write`, but without a word for someone who is in no organization: there is no outbox for them, and what
    they do to their account has to be possible all the same."""
    with suppress(NoOrganizationError):
        write(user, email, source=source)


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
        raise NoOrganizationError(
            gettext("%(email)s is in no organization. Invite them to one first.", email=user.email)
        )
    return invited
