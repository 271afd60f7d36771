"""Signing in and out, invitations, choosing a password, and switching organizations."""

from app.pages.auth import (  # noqa: F401
    accepting,
    choosing_passwords,
    confirming,
    framed,
    passkeys,
    provider,
    provider_callback,
    routes,
    second_factor,
    shell,
    shell_refusals,
    switching,
)
from app.pages.auth.blueprint import blueprint

__all__ = ["blueprint"]
