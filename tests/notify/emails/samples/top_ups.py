"""Emails about top-ups."""

from __future__ import annotations

from uuid import UUID

from app.notify.emails import (
    Calling,
    Charged,
    DailyLimitChanged,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    Email,
    PaymentFailed,
    Refunded,
    RefundReturned,
    UnusualTopUp,
)
from tests.factories import at, usd

ID = UUID("01900000-0000-7000-8000-000000000001")
GOES_ON = Calling(available=usd("1234.5"), before="active", after="active")
STOPPED = Calling(available=usd("-3"), before="low", after="paused", missing=usd("13"))
ABOUT = {
    "top_up_id": ID,
    "amount": usd("50"),
    "card": "Visa ending in 4242",
    "at": at("2026-11-24 14:05"),
    "calling": GOES_ON,
}
ABOUT_MONEY: list[Email] = [
    Charged(**ABOUT),
    PaymentFailed(**ABOUT, reason="The card has expired.", next_step="Use another card."),
    Refunded(**ABOUT, paid=usd("100")),
    Refunded(**ABOUT | {"calling": STOPPED}, paid=usd("50")),
    RefundReturned(**ABOUT),
    DisputeOpened(**ABOUT, paid=usd("50"), answer_by=at("2026-12-08 23:59")),
    DisputeOpened(**ABOUT, paid=usd("50")),
    DisputeOpened(**ABOUT | {"calling": STOPPED}, paid=usd("75")),
    DisputeWon(**ABOUT),
    DisputeLost(**ABOUT),
    DailyLimitChanged(
        before=usd("500"),
        after=usd("900"),
        starts_at=at("2026-11-25 14:05"),
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
    ),
    DailyLimitChanged(before=usd("2000"), after=usd("500"), by="x", at=at("2026-11-24 14:05")),
    UnusualTopUp(
        reason="large",
        amount=usd("900"),
        card="Visa ending in 4242",
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
        largest=usd("100"),
    ),
    UnusualTopUp(
        reason="large", amount=usd("900"), card="Visa ending in 4242", by="x", at=at("2026-11-24 14:05")
    ),
    UnusualTopUp(
        reason="new_card", amount=usd("900"), card="Visa ending in 4242", by="x", at=at("2026-11-24 14:05")
    ),
    UnusualTopUp(
        reason="burst",
        amount=usd("50"),
        card="Visa ending in 4242",
        by="x",
        at=at("2026-11-24 14:05"),
        count=7,
    ),
    UnusualTopUp(reason="limit", amount=usd("500"), by="x", at=at("2026-11-24 14:05")),
    Charged(**ABOUT, is_automatic=True),
    *(
        Charged(
            **ABOUT | {"calling": Calling(available=usd(left), before="paused", after=after, missing=missing)}
        )
        for left, after, missing in (("60", "active", None), ("12", "low", None), ("-3", "paused", usd("13")))
    ),
]
