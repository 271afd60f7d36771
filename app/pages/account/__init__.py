"""Your account: what a person sees and changes about themselves, whatever their role and organization."""

from app.pages.account import disconnecting, keyboard, passwords, routes, sessions  # noqa: F401
from app.pages.account.blueprint import blueprint

__all__ = ["blueprint"]
