"""Top-ups: chosen and reviewed, paid, settled into the wallet exactly once; refunds and disputes of them."""

from __future__ import annotations

from app.billing.topups.beginning import AmountOutOfRangeError, begin
from app.billing.topups.daily_limits import DailyLimitReachedError
from app.billing.topups.large import UnconfirmedError, is_large
from app.billing.topups.payments import cancel, pay, refresh, settle
from app.billing.topups.queries import UnknownTopUpError, find, find_by_payment
from app.billing.topups.recovery import find_stale, recover
from app.billing.topups.recreation import find_or_recreate
from app.billing.topups.settlement import PaymentMismatchError

__all__ = [
    "AmountOutOfRangeError",
    "DailyLimitReachedError",
    "PaymentMismatchError",
    "UnconfirmedError",
    "UnknownTopUpError",
    "automatic",
    "begin",
    "cancel",
    "clawbacks",
    "daily_limits",
    "disputes",
    "find",
    "find_by_payment",
    "find_or_recreate",
    "find_stale",
    "is_large",
    "limit_changes",
    "pay",
    "recover",
    "refresh",
    "refunds",
    "requests",
    "settle",
    "timeline",
]
