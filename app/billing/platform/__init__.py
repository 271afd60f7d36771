"""Webhooks to the voice platform: signed messages, in order, until they are accepted."""

from __future__ import annotations

__all__ = [
    "deliveries",
    "endpoints",
    "messages",
    "replays",
]
