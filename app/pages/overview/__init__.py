"""The overview: the state of the account."""

from app.pages.overview.routes import blueprint

__all__ = ["blueprint"]
