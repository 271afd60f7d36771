"""Stripe's events, however they came: stored once, handled by their type, replayed, and removed once they are old."""

from __future__ import annotations

__all__ = [
    "handling",
    "inbox",
    "review",
]
