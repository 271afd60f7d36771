"""The demo's operator, for the console at `/operator`. The key of their app is known, so that a command can be it."""

from __future__ import annotations

import pyotp

from app.clock import utc_now
from app.models import OperatorRole
from app.operators import accounts
from app.operators.trail import COMMAND
from app.people import passwords
from app.people.factors import encryption
from app.transaction import transaction

EMAIL = "operator@voice-portal.example"
_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - known to everyone, and opens the demo only


def ensure(password: str) -> None:
    """Make the operator, unless they are there. Commits."""
    with transaction():
        if accounts.find(EMAIL) is not None:
            return
        token = accounts.add(EMAIL, name="Olga Perez", role=OperatorRole.FINANCE, doer=COMMAND)
        operator = accounts.find_by_link(token)
        if operator is None:
            raise RuntimeError("The link of an account that was just made opens it.")
        operator.encrypted_secret = encryption.current().encrypt(_SECRET, operator.id)
        operator.password_hash = passwords.hash_password(password)
        operator.link_hash = operator.link_ends_at = None


def code() -> str:
    """What their app would show now."""
    return str(pyotp.TOTP(_SECRET).at(utc_now()))
