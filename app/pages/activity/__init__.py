"""The audit trail: who did what, when, from which address."""

from app.pages.activity.routes import blueprint

__all__ = ["blueprint"]
