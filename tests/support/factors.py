"""People with a second factor, made through the domain's own functions."""

from __future__ import annotations

import pyotp

from app.clock import utc_now
from app.models import User
from app.people.factors import authenticator_apps, passkeys, recovery_codes
from app.transaction import transaction
from tests.support.authenticator import Authenticator

BROWSER = "the secret of a browser's session"


def a_code(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or some steps of 30 seconds later. With 1 it is one that wasn't used yet."""
    return pyotp.TOTP(secret).at(utc_now(), counter_offset=steps)


def an_app(user: User) -> str:
    """Set up an authenticator app; returns its secret. The code of this moment is used."""
    with transaction():
        secret = authenticator_apps.begin(user).secret
        assert authenticator_apps.confirm(user, a_code(secret))
    return secret


def a_passkey(
    user: User, authenticator: Authenticator | None = None, *, name: str = "Laptop"
) -> Authenticator:
    """Add a passkey; returns what signs with it."""
    made = authenticator or Authenticator()
    with transaction():
        options = passkeys.registration_options(user, BROWSER)
        passkeys.add(user, made.create(options), BROWSER, name=name)
    return made


def codes_of(user: User) -> list[str]:
    """Make recovery codes."""
    with transaction():
        return recovery_codes.make(user.id)
