"""Money read back: the history, what usage lines consist of, spending."""

from __future__ import annotations

__all__ = [
    "call_costs",
    "history",
    "history_queries",
    "shortlists",
    "spending",
    "usage_breakdown",
]
