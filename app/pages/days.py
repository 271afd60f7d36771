"""Days from addresses and forms."""

from __future__ import annotations

from datetime import date


def read_day(text: str) -> date | None:
    """A day as fields of the type `date` send it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
