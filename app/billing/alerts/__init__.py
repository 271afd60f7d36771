"""Alerts about credit: in levels, with recovery, to where people are; and the weekly digest."""

from __future__ import annotations

__all__ = [
    "channels",
    "choices",
    "deliveries",
    "digests",
    "judging",
    "lateness",
    "levels",
    "outcomes",
    "phones",
    "settings",
    "stopping",
    "sweeps",
    "views",
]
