"""Every component of the pages in every state, to look at. Not available in production."""

from demo.components.routes import blueprint

__all__ = ["blueprint"]
