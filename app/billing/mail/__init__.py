"""What billing recipients are told by email, each thing once."""

from __future__ import annotations

__all__ = [
    "notices",
    "outbox",
    "recipients",
]
