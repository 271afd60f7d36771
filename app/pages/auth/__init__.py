"""Signing in and out, invitations, choosing a password, and switching organizations."""

from app.pages.auth import accepting, choosing_passwords, confirming, routes, switching  # noqa: F401
from app.pages.auth.blueprint import blueprint

__all__ = ["blueprint"]
