"""Changing the plan: the plans side by side, a switch step by step, and a renewal that was not paid."""

from app.pages.change_plan import cancellation, fates, renewal, switching
from app.pages.change_plan.routes import blueprint

__all__ = ["blueprint", "cancellation", "fates", "renewal", "switching"]
