"""The wallet: its ledger, holds, balance, and whether calls may start."""

from __future__ import annotations

__all__ = [
    "announcing",
    "balance",
    "batches",
    "calling_state",
    "calls_in_progress",
    "correction_postings",
    "credit",
    "envelope_moves",
    "envelope_queries",
    "envelope_terms",
    "envelopes",
    "hold_prices",
    "hold_refusals",
    "hold_requests",
    "holds",
    "leases",
    "ledger",
    "line_details",
    "lock_queue",
    "lots",
    "overdue_calls",
    "reserve",
    "status",
    "transfers",
    "usage_postings",
    "verification",
    "watches",
    "withdrawals",
]
