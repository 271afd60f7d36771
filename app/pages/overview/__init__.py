"""The overview: where the account stands."""

from app.pages.overview.routes import blueprint

__all__ = ["blueprint"]
