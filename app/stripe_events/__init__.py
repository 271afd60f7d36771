"""Stripe's events, however they arrived: stored once, handled by type, replayed, and deleted when old."""

from __future__ import annotations

__all__ = [
    "handling",
    "inbox",
    "review",
]
