"""Password reset links, emailed only to the address of the account.

They are signed, and valid for one use and two hours: the signed value changes with the password and the address. So
the first use of any link ends all others, and so does a change of the password in any other way.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from itsdangerous import BadSignature

from app import signing
from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.language import gettext
from app.models import User
from app.notify.emails import PasswordLink
from app.people import accounts, own_mail, own_trail
from app.people.external import identities
from app.people.invitations import LinkError
from app.people.organizations import find_user

VALID_FOR = timedelta(hours=2)
_SALT = "password-link"


def mail_to(user: User, actor: Actor) -> None:
    """Enqueue the email with a link. In the caller's transaction. Raises `own_mail.NoOrganizationError`."""
    token = signing.serializer(_SALT).dumps([str(user.id), _state(user)])
    now = utc_now()
    email = PasswordLink(
        email=user.email, path=f"/set-password/{token}", hours=VALID_FOR.seconds // 3600, at=now
    )
    own_mail.write(user, email, source=f"{user.id}:{now.isoformat()}")
    own_trail.record(user, actor, "user.password_link_mailed")


def mail_if_known(email: str, address: str | None) -> None:
    """As `mail_to`, for a request from the IP address `address`; does nothing if no one could sign in with it, or if
    they come by an identity provider instead."""
    user = find_user(email)
    if user is not None and not identities.comes_by_provider(user):
        with suppress(own_mail.NoOrganizationError):
            mail_to(user, Actor(audit.SIGN_IN_PAGE, address=address))


def use(token: str, password: str, address: str | None) -> User:
    """Set a password with a link, from an IP address, and sign its holder out everywhere. In the caller's
    transaction; locks the person. Raises `LinkError`, and `WeakPasswordError`, which leaves the link as it is.

    Of several uses at the same moment one succeeds.
    """
    user = read(token)
    hashed = accounts.hash_checked(password, accounts.about(user))
    user = accounts.lock(user)
    _check_state(user, token)
    accounts.store_password(user, hashed)
    accounts.password_was_set(user, Actor(user.email, user.id, address))
    return user


def read(token: str) -> User:
    """Identify the holder of a link. Raises `LinkError` if it is forged, expired, or used."""
    user_id, _ = _content(token)
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None:
        raise _no_longer()
    _check_state(user, token)
    return user


def _content(token: str) -> tuple[UUID, str]:
    try:
        user_id, state = signing.serializer(_SALT).loads(token, max_age=int(VALID_FOR.total_seconds()))
        return UUID(user_id), str(state)
    except (BadSignature, ValueError, TypeError, AttributeError) as error:
        raise _no_longer() from error


def _check_state(user: User, token: str) -> None:
    if not compare_digest(_content(token)[1], _state(user)):
        raise _no_longer()


def _no_longer() -> LinkError:
    return LinkError(gettext("This link has been used or is too old."))


def _state(user: User) -> str:
    """Changes with the password and the address, so that setting one invalidates the link; reveals neither."""
    return hashlib.sha256(f"{user.password_hash}\n{user.email}".encode()).hexdigest()[:32]
