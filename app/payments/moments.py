"""Times, as Stripe tells them: in whole seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(seconds: int) -> datetime:
    """The time in UTC of a number of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
