"""Limits on spend: their windows, what counts toward them, and whether a call may start."""

from __future__ import annotations

from app.billing.limits.calls import Call
from app.billing.limits.check import DestinationClosedError, LimitReachedError
from app.billing.limits.standing import LimitStanding

__all__ = [
    "Call",
    "DestinationClosedError",
    "LimitReachedError",
    "LimitStanding",
    "ceilings",
    "charged",
    "check",
    "counts",
    "labels",
    "standing",
    "windows",
]
