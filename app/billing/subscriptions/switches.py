"""Switches of plan, step by step: the same names for the same steps as in `app.billing.topups`."""

from __future__ import annotations

from app.billing.subscriptions.switch_confirmation import begin, cancel_scheduled_change, confirm
from app.billing.subscriptions.switch_payments import cancel, lacks_charge, pay, refresh
from app.billing.subscriptions.switch_queries import (
    UnknownSwitchError,
    find,
    find_by_text,
    find_open,
    is_large,
)
from app.billing.subscriptions.switch_recovery import delete_unconfirmed, find_stale, recover
from app.billing.subscriptions.switch_reviews import seen

__all__ = [
    "UnknownSwitchError",
    "begin",
    "cancel",
    "cancel_scheduled_change",
    "confirm",
    "delete_unconfirmed",
    "find",
    "find_by_text",
    "find_open",
    "find_stale",
    "is_large",
    "lacks_charge",
    "pay",
    "recover",
    "refresh",
    "seen",
]
