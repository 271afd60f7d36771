"""The organization's security settings."""

from app.pages.security.routes import blueprint

__all__ = ["blueprint"]
