"""Who is billed: details and tax IDs."""

from __future__ import annotations

__all__ = [
    "adoption",
    "details",
    "documents",
    "queries",
    "recipient_changes",
    "stripe_sync",
    "tax_ids",
    "validation",
]
