"""The organization's security settings."""

from app.pages.security import people  # noqa: F401
from app.pages.security.routes import blueprint

__all__ = ["blueprint"]
