"""Auto top-up: set and agreed to by owners, triggered by falling credit, charged off session."""

from __future__ import annotations

__all__ = [
    "before_charging",
    "card_order",
    "monthly_cap",
    "next_charge",
    "overview",
    "proceeding",
    "recovery",
    "restored",
    "settings",
]
