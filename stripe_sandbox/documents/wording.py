"""How invoices name things."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MERCHANT = "Voice Portal"
_STATES: dict[str, str] = {
    "open": "Not paid yet",
    "paid": "Paid",
    "void": "Void",
    "uncollectible": "Not collectible",
}


def day(seconds: int) -> str:
    """A date for people: "24 November 2026"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %Y}"


def state(invoice: dict[str, Any]) -> str:
    """An invoice's status in words."""
    return _STATES[invoice["status"]]
