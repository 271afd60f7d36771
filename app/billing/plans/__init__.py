"""The plan that is in force for an organization, and what it allows."""

from __future__ import annotations

from app.billing.plans.current import (
    PlanView,
    gather,
)
from app.billing.plans.periods import Starts

__all__ = [
    "PlanView",
    "Starts",
    "arrangements",
    "comparison",
    "entitlements",
    "gather",
    "grace",
    "losses",
    "number_rent",
    "offers",
    "refusals",
    "resource_counts",
    "suggestion",
    "terms",
]
