"""Metering: usage as the platform reports it, rated and charged once."""

from __future__ import annotations

__all__ = [
    "busy_wallets",
    "campaign_estimates",
    "cloudevents",
    "events",
    "ingest",
    "json_brackets",
    "quotes",
    "rejection_replays",
    "rejections",
    "reports",
    "retention",
]
