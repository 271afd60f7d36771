"""Why one period cost more than another."""

from app.pages.cost_change.routes import blueprint

__all__ = ["blueprint"]
