"""Spending limits: what they leave, adding and changing them, requests for more, and opened destinations."""

from app.pages.limits import asking, deciding, opening, routes
from app.pages.limits.blueprint import blueprint

__all__ = ["asking", "blueprint", "deciding", "opening", "routes"]
