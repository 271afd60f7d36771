"""Emails about credit that was granted."""

from __future__ import annotations

from datetime import date

from app.notify.emails import CreditExpiring, CreditGranted, Email
from tests.factories import at, usd

ABOUT_MONEY: list[Email] = [
    CreditGranted(
        amount=usd("25"),
        credit="Promotional credit",
        note="Launch <offer>",
        available=usd("75"),
        last_day=date(2027, 1, 31),
        at=at("2026-11-24 14:05"),
    ),
    CreditGranted(
        amount=usd("5"),
        credit="Goodwill credit",
        note="Sorry",
        available=usd("15"),
        at=at("2026-11-24 14:05"),
    ),
    CreditExpiring(
        amount=usd("18.40"),
        credit="Promotional credit",
        note="Launch offer",
        last_day=date(2027, 1, 31),
        days_left=7,
    ),
]
