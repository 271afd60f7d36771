"""Your second factor: passkeys, an authenticator app, and recovery codes."""

from app.pages.factors import apps, codes, passkeys, routes  # noqa: F401
from app.pages.factors.blueprint import blueprint

__all__ = ["blueprint"]
