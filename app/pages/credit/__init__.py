"""The organization's credit: each lot with what is left of it, and what it paid for."""

from app.pages.credit.routes import blueprint

__all__ = ["blueprint"]
