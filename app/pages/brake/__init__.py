"""The brake's question, and its answer."""

from app.pages.brake.routes import blueprint

__all__ = ["blueprint"]
