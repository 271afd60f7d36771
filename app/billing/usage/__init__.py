"""Metering: usage as the platform reports it, rated and charged once."""

from __future__ import annotations

__all__ = [
    "busy_wallets",
    "campaign_courses",
    "campaign_credit",
    "campaign_estimates",
    "campaign_plans",
    "carrier_comparison",
    "carrier_records",
    "cloudevents",
    "events",
    "ingest",
    "json_brackets",
    "past_campaigns",
    "quotes",
    "rejection_replays",
    "rejections",
    "reports",
    "retention",
    "totals",
]
