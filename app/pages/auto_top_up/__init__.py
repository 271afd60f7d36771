"""Auto top-up: what it does next, and the form by which owners agree to it."""

from app.pages.auto_top_up import wording
from app.pages.auto_top_up.routes import blueprint

__all__ = ["blueprint", "wording"]
