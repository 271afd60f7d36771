"""Emails to billing recipients, each notice once."""

from __future__ import annotations

__all__ = [
    "languages",
    "notices",
    "opting_out",
    "outbox",
    "recipients",
    "writing",
]
