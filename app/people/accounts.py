"""Accounts: a person's email address with a password. Passwords are changed by email to that address."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Membership, User
from app.notify.emails import PasswordSet
from app.people import own_mail, passwords, sessions
from app.people.organizations import PeopleError


class AccountExistsError(PeopleError):
    """The address already has an account: its holder signs in instead."""


def create(email: str, *, name: str, password: str, org_id: UUID) -> User:
    """Create an account for an address without one, for someone invited to `org_id`.

    Raises `AccountExistsError`, also if another link just created one, or if the address belongs to someone without a
    password who is a member elsewhere: the holder of this link must not get access there. `PeopleError` for a
    password that is too weak.
    """
    hashed = passwords.hash_password(checked(password))
    new = insert(User).values(
        id=uuid7(), email=email, name=name or email, password_hash=hashed, created_at=utc_now()
    )
    made = db.session.scalar(new.on_conflict_do_nothing().returning(User.id))
    if made is None:
        elsewhere = exists().where(Membership.user_id == User.id, Membership.org_id != org_id)
        first = update(User).where(
            func.lower(User.email) == email.lower(), User.password_hash.is_(None), ~elsewhere
        )
        made = db.session.scalar(first.values(password_hash=hashed).returning(User.id))
    if made is None:
        raise AccountExistsError(
            f"{email} already has an account. Sign in to accept; if you don't know its password, "
            "use “Forgot password?” on the sign-in page."
        )
    return db.session.get_one(User, made, populate_existing=True)


def set_password(user: User, password: str) -> None:
    """Set the password and sign the person out everywhere. Raises `PeopleError` if it is too weak."""
    user.password_hash = passwords.hash_password(checked(password))
    sessions.end_all(user.id)


def password_was_set(user: User, actor: Actor, *, first: bool = False) -> None:
    """Notify the person by email, and record it in the audit trail of each of their organizations."""
    now = utc_now()
    db.session.flush()
    for org_id in db.session.scalars(select(Membership.org_id).where(Membership.user_id == user.id)):
        audit.record(org_id, actor, "user.password_set", user.email, first=first)
    email = PasswordSet(email=user.email, first=first, address=actor.address, at=now)
    own_mail.write(user, email, source=f"{user.id}:{now.isoformat()}")


def checked(password: str) -> str:
    """Validate a password. Raises `PeopleError` if it is too weak or too long."""
    if len(password) < passwords.MINIMUM_LENGTH:
        raise PeopleError(
            f"Use at least {passwords.MINIMUM_LENGTH} characters. A few random words make a good password."
        )
    if len(password) > passwords.MAXIMUM_LENGTH:
        raise PeopleError(f"Use at most {passwords.MAXIMUM_LENGTH} characters.")
    return password
