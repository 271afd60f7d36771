"""Reading money back: the history, the breakdown of usage lines, and spending."""

from __future__ import annotations

__all__ = [
    "call_costs",
    "history",
    "history_queries",
    "rollups",
    "search",
    "shortlists",
    "spending",
    "usage_breakdown",
]
