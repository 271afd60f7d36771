"""Links by which a person sets their password: signed, valid for some days, good for one use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.billing import audit
from app.billing.audit import Actor
from app.extensions import db
from app.models import Organization, User
from app.models.columns import utc_now
from app.people import passwords, sessions
from app.people.organizations import PeopleError, find_user, owners_of

VALID_FOR = timedelta(days=7)


def token_for(user: User, secret_key: str) -> str:
    """The token of a link that lets `user` set a password until they have set one."""
    return _serializer(secret_key).dumps([str(user.id), _state(user)])


@dataclass(frozen=True, slots=True)
class OwnersInvitation:
    """A link's token for an owner."""

    email: str
    token: str
    expires_at: datetime


def invite_owner(organization: Organization, email: str, secret_key: str, actor: Actor) -> OwnersInvitation:
    """Let an owner of an organization set a password; it is in the audit trail. Raises `PeopleError`."""
    person = find_user(email)
    if person is None or person.id not in {owner.id for owner in owners_of(organization.id)}:
        raise PeopleError(f"{email!r} is no owner of {organization.name}. Add them to its owners first.")
    audit.note(organization.id, actor, "user.invited", person.email)
    return OwnersInvitation(person.email, token_for(person, secret_key), utc_now() + VALID_FOR)


def accept(token: str, secret_key: str) -> User:
    """Whose link it is. Raises `PeopleError` where it is forged, too old or was used."""
    problem = PeopleError("This link has been used or is too old. Ask for a new one.")
    try:
        user_id, state = _serializer(secret_key).loads(token, max_age=int(VALID_FOR.total_seconds()))
        user = db.session.get(User, UUID(user_id))
    except (BadSignature, ValueError, TypeError) as error:
        raise problem from error
    if user is None or state != _state(user):
        raise problem
    return user


def set_password(user: User, password: str) -> None:
    """Set the password and sign the person out everywhere. Raises `PeopleError` where it is too weak."""
    if len(password) < passwords.MINIMUM_LENGTH:
        raise PeopleError(
            f"Use at least {passwords.MINIMUM_LENGTH} characters. Several words make a good password."
        )
    if len(password) > passwords.MAXIMUM_LENGTH:
        raise PeopleError(f"Use at most {passwords.MAXIMUM_LENGTH} characters.")
    user.password_hash = passwords.hash_password(password)
    sessions.end_all(user.id)


def _state(user: User) -> str:
    """Changes with the password, so that setting one uses the link up."""
    return (user.password_hash or "")[-16:]


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="set-password")
