"""What an organization buys by subscription: switches of plan, renewals, and following Stripe."""

from __future__ import annotations

__all__ = [
    "cancellation",
    "ensure",
    "next_charge",
    "previews",
    "projection",
    "renewals",
    "switch_conditions",
    "switch_payments",
    "switch_queries",
    "switch_recovery",
    "switch_reviews",
    "switches",
    "sync",
    "taxes",
]
