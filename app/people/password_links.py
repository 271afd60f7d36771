"""Password reset links, emailed only to the address of the account.

They are signed, and valid for one use and two hours: the signed value changes with the password and the address.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.models import User
from app.notify.emails import PasswordLink
from app.people import memberships, own_mail
from app.people.invitations import LinkError
from app.people.organizations import find_user

VALID_FOR = timedelta(hours=2)


def mail_to(user: User, secret_key: str, actor: Actor) -> None:
    """Enqueue the email with a link. In the caller's transaction. Raises `own_mail.NoOrganizationError`."""
    token = _serializer(secret_key).dumps([str(user.id), _state(user)])
    now = utc_now()
    email = PasswordLink(
        email=user.email, path=f"/set-password/{token}", hours=VALID_FOR.seconds // 3600, at=now
    )
    own_mail.write(user, email, source=f"{user.id}:{now.isoformat()}")
    for membership in memberships.list_for_person(user.id):
        audit.record(membership.org_id, actor, "user.password_link_mailed", user.email)


def mail_if_known(email: str, secret_key: str, address: str | None) -> None:
    """As `mail_to`, for a request from the IP address `address`; does nothing if no one could sign in with it."""
    user = find_user(email)
    if user is not None:
        with suppress(own_mail.NoOrganizationError):
            mail_to(user, secret_key, Actor(audit.SIGN_IN_PAGE, address=address))


def read(token: str, secret_key: str) -> User:
    """Identify the holder of a link. Raises `LinkError` if it is forged, expired, or used."""
    problem = LinkError("This link has been used or is too old. Ask for a new one with “Forgot password?”.")
    try:
        user_id, state = _serializer(secret_key).loads(token, max_age=int(VALID_FOR.total_seconds()))
        user = db.session.get(User, UUID(user_id), with_for_update=True, populate_existing=True)
    except (BadSignature, ValueError, TypeError, AttributeError) as error:
        raise problem from error
    if user is None or state != _state(user):
        raise problem
    return user


def _state(user: User) -> str:
    """Changes with the password and the address, so that setting one invalidates the link; reveals neither."""
    return hashlib.sha256(f"{user.password_hash}\n{user.email}".encode()).hexdigest()[:32]


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret_key, salt="password-link", signer_kwargs={"digest_method": hashlib.sha256}
    )
