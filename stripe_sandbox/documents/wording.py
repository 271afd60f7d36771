"""How invoices name things."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MERCHANT = "Voice Portal"
_STATES: dict[str, str] = {
    "open": "Not paid yet",
    "paid": "Paid",
    "void": "Void",
    "uncollectible": "Written off",
}


def day(seconds: int) -> str:
    """A date for people: "24 November 2026"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %Y}"


def state(invoice: dict[str, Any]) -> str:
    """An invoice's status as text."""
    return _STATES[invoice["status"]]


def recipient(invoice: dict[str, Any]) -> list[str]:
    """Whom an invoice is to, in lines: name, address, tax ids."""
    address = invoice["customer_address"] or {}
    place = " ".join(address.get(part) or "" for part in ("postal_code", "city", "state"))
    lines = [
        invoice["customer_name"] or invoice["customer_email"] or invoice["customer"],
        address.get("line1"),
        address.get("line2"),
        " ".join(place.split()),
        address.get("country"),
        *(
            f"{one['type'].replace('_', ' ').upper()} {one['value']}"
            for one in invoice["customer_tax_ids"] or []
        ),
    ]
    return [line for line in lines if line]
