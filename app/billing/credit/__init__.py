"""Credit in lots, for people: granted by operators, told of before it expires, and shown with what it paid for."""

from app.billing.credit import (
    call_payments,
    catching_up,
    envelope_notices,
    expiring,
    grants,
    lot_views,
    top_up_usage,
)

__all__ = [
    "call_payments",
    "catching_up",
    "envelope_notices",
    "expiring",
    "grants",
    "lot_views",
    "top_up_usage",
]
