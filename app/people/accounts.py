"""Accounts: a person's email address with a password, their name and language.

Every password is set here, by one of three use cases: with an invitation (`create`), with an emailed link
(`app.people.password_links`), and with the old password (`change_password`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import ExternalIdentity, Membership, Organization, User
from app.notify.emails import PasswordSet
from app.people import own_mail, own_trail, password_rules, passwords, sessions
from app.people.factors import pending_sign_ins
from app.people.organizations import PeopleError


class AccountExistsError(PeopleError):
    """The address already has an account: its holder signs in instead."""


class WrongPasswordError(PeopleError):
    """The current password is wrong, or was changed a moment ago."""


def create(email: str, *, name: str, password: str, organization: Organization) -> User:
    """Create an account for an address without one, for someone invited to `organization`.

    Raises `AccountExistsError`, also if another link just created one, or if the address belongs to someone without a
    password who is a member elsewhere, or signs in with an identity provider: the holder of this link must not get
    access there. `WeakPasswordError` for a
    password that can't be chosen.
    """
    hashed = hash_checked(password, (email, name, organization.name))
    now = utc_now()
    new = insert(User).values(
        id=uuid7(), email=email, name=name or email, password_hash=hashed, password_set_at=now, created_at=now
    )
    made = db.session.scalar(new.on_conflict_do_nothing().returning(User.id))
    if made is None:
        elsewhere = exists().where(Membership.user_id == User.id, Membership.org_id != organization.id)
        by_identity = exists().where(ExternalIdentity.user_id == User.id)
        first = update(User).where(
            User.email_key == email.lower(), User.password_hash.is_(None), ~elsewhere, ~by_identity
        )
        made = db.session.scalar(first.values(password_hash=hashed, password_set_at=now).returning(User.id))
    if made is None:
        raise AccountExistsError(
            gettext(
                "%(email)s already has an account. Sign in to accept; if you don't know its password, "
                "use “Forgot password?” on the sign-in page.",
                email=email,
            )
        )
    return db.session.get_one(User, made, populate_existing=True)


def change_password(user: User, current: str, new: str, actor: Actor) -> None:
    """Change the password of someone who knows the current one, and sign them out everywhere. In the caller's
    transaction; locks the person. Raises `WrongPasswordError` and `WeakPasswordError`."""
    known = user.password_hash
    if not passwords.verify(current, known):
        raise WrongPasswordError(gettext("Your current password is different. Check it and try again."))
    hashed = hash_checked(new, about(user))
    if passwords.verify(new, known):
        raise password_rules.WeakPasswordError(gettext("This is your current password. Choose another."))
    # Hashing takes its time: another link or another browser may have set one meanwhile.
    if lock(user).password_hash != known:
        raise WrongPasswordError(gettext("Your password was changed a moment ago. Use the new one."))
    store_password(user, hashed)
    password_was_set(user, actor)


def set_password(user: User, password: str) -> None:
    """Set the password and sign the person out everywhere. Raises `WeakPasswordError`."""
    store_password(user, hash_checked(password, about(user)))


def store_password(user: User, hashed: str) -> None:
    """Store the hash of a password, and sign the person out everywhere, also where only the factor is missing."""
    user.password_hash, user.password_set_at = hashed, utc_now()
    db.session.flush()
    sessions.end_all(user.id)
    pending_sign_ins.end_all(user.id)


def hash_checked(password: str, whose: Iterable[str]) -> str:
    """The hash of a password that the person whose words these are may choose. Raises `WeakPasswordError`."""
    password_rules.check(password, whose)
    return passwords.hash_password(password)


def about(user: User) -> tuple[str, ...]:
    """What anyone could guess about a person: their email address, name and organizations."""
    names = select(Organization.name).join(Membership, Membership.org_id == Organization.id)
    return (user.email, user.name, *db.session.scalars(names.where(Membership.user_id == user.id)))


def lock(user: User) -> User:
    """The person as of now, locked until the transaction ends, so that a password is set once."""
    return db.session.get_one(User, user.id, with_for_update=True, populate_existing=True)


def password_was_set(user: User, actor: Actor, *, first: bool = False) -> None:
    """Notify the person by email, and record it in the audit trail of each of their organizations."""
    now = utc_now()
    own_trail.record(user, actor, "user.password_set", first=first)
    email = PasswordSet(email=user.email, first=first, address=actor.address, at=now)
    own_mail.write_if_possible(user, email, source=f"{user.id}:{now.isoformat()}")


def change_details(user: User, *, name: str, language: str | None, actor: Actor) -> None:
    """Change how a person is called, and the language that their pages are in; None for their browser's. In the
    caller's transaction."""
    changed = [
        field
        for field, before, after in (("name", user.name, name), ("language", user.language, language))
        if before != after
    ]
    user.name, user.language = name, language
    if changed:
        own_trail.record(user, actor, "user.details_changed", fields=changed)
