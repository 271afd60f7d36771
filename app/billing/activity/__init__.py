"""Reading money back: the history by line and by what usage was for, what it adds up to, calls, and spending."""

from __future__ import annotations

__all__ = [
    "call_costs",
    "cost_change",
    "filters",
    "history",
    "history_balances",
    "history_months",
    "history_queries",
    "rollups",
    "saved_views",
    "search",
    "shortlists",
    "spending",
    "totals",
    "usage_breakdown",
    "usage_calls",
    "usage_history",
    "usage_names",
    "usage_selection",
    "variance",
]
