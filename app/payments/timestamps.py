"""Stripe's timestamps: whole seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime


def to_datetime(seconds: int) -> datetime:
    """Convert seconds since 1970 to a UTC time."""
    return datetime.fromtimestamp(seconds, UTC)
