"""The cards that an organization pays with."""

from __future__ import annotations

__all__ = [
    "default_at_stripe",
    "default_card",
    "default_sync",
    "detaching",
    "expiry",
    "health",
    "last_charges",
    "needs",
    "one_off",
    "paid_with",
    "payment_methods",
    "removal",
    "setups",
]
