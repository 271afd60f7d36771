"""Signing in and out, choosing a password, and switching organizations."""

from app.pages.auth.routes import blueprint

__all__ = ["blueprint"]
