"""Reading money back: the history by line and by what usage was for, its totals, calls, and ranges of usage."""

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
    "totals",
    "usage_breakdown",
    "usage_calls",
    "usage_history",
    "usage_names",
    "usage_report",
    "usage_selection",
    "usage_windows",
    "variance",
]
