"""Usage and history added up by day, a moment after they were written, so that ingest doesn't pay for filters."""

from __future__ import annotations

from app.billing.activity.rollups.counting import LAG, find_behind, get_mark, recount_differing, roll_up

__all__ = ["LAG", "find_behind", "get_mark", "recount_differing", "roll_up"]
