"""The plans side by side."""

from app.pages.change_plan.routes import blueprint

__all__ = ["blueprint"]
