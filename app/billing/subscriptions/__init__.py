"""What an organization buys by subscription: switches of plan, renewals, and syncing with Stripe."""

from __future__ import annotations

from app.billing.subscriptions.switch_queries import get_subscription

__all__ = [
    "cancellation",
    "due_today",
    "get_subscription",
    "previews",
    "renewal_failures",
    "renewals",
    "switches",
    "sync",
    "taxes",
]
