"""Top-ups: chosen and reviewed, paid, settled into the wallet exactly once; refunds and disputes of them."""

from __future__ import annotations

from app.billing.topups.payments import (
    AmountOutOfRangeError,
    PaymentNotStartedError,
    begin,
    cancel,
    charge_request,
    pay,
    refresh,
)

__all__ = [
    "AmountOutOfRangeError",
    "PaymentNotStartedError",
    "begin",
    "cancel",
    "charge_request",
    "clawbacks",
    "disputes",
    "pay",
    "queries",
    "recovery",
    "refresh",
    "refunds",
    "settlement",
    "timeline",
]
