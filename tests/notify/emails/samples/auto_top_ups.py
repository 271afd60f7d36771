"""Emails about auto top-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.notify.emails import (
    AutoTopUpCap,
    AutoTopUpChanged,
    AutoTopUpFailed,
    AutoTopUpOff,
    AutoTopUpRefused,
    AutoTopUpResumed,
    AutoTopUpStopped,
    Email,
)
from tests.factories import at, usd
from tests.notify.emails.samples.top_ups import ID

AUTO_ON = AutoTopUpChanged(
    is_new=True,
    threshold=usd("20"),
    target=usd("100"),
    cap=usd("400"),
    cards=["Visa ending in 4242"],
    by="dana@harbor.example",
    address="192.0.2.7",
    at=at("2026-11-24 14:05"),
)
AUTO_FAILED = AutoTopUpFailed(
    declines={"Visa ending in 4242": "The card has insufficient funds."},
    failures=1,
    available=usd("14.99"),
    at=at("2026-11-24 14:05"),
    top_up_id=ID,
    amount=usd("85.01"),
    next_try_at=at("2026-11-24 15:05"),
)
BRAKE = AutoTopUpStopped(
    last_hour=usd("90.01"),
    usual=usd("20"),
    campaigns={"Spring recall <b>": usd("80"), "x" * 200: usd("5")},
    agents={"Ava": usd("85")},
    available=usd("3.20"),
    at=at("2026-11-24 14:05"),
)
ABOUT_MONEY: list[Email] = [
    AUTO_ON,
    replace(AUTO_ON, is_new=False, cards=["Visa ending in 4242", "Mastercard ending in 4444"]),
    *(
        AutoTopUpOff(
            reason=reason,
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
            by="dana@harbor.example" if reason == "owner" else None,
        )
        for reason in ("owner", "failures", "dispute")
    ),
    AUTO_FAILED,
    replace(
        AUTO_FAILED,
        waits_for_owner=True,
        declines={"Visa ending in 4242": "Your bank requires an extra check."},
    ),
    replace(AUTO_FAILED, next_try_at=None, failures=3),
    replace(AUTO_FAILED, paid_with="Mastercard ending in 4444", next_try_at=None),
    replace(AUTO_FAILED, declines={}, top_up_id=None, amount=None),
    *(
        AutoTopUpCap(
            level=level,
            charged=usd(str(4 * level)),
            cap=usd("400"),
            month=date(2026, 11, 1),
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
        )
        for level in (80, 90, 100)
    ),
    *(
        AutoTopUpRefused(
            reason=reason,
            cap=usd("400"),
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
            until=at("2026-12-01 05:00") if reason == "monthly_cap" else None,
        )
        for reason in ("monthly_cap", "daily_limit", "brake_hour", "brake_day", "other")
    ),
    BRAKE,
    replace(BRAKE, usual=None, campaigns={}, agents={}),
    *(
        AutoTopUpResumed(
            up_to=usd("181"),
            until=until,
            by="dana@harbor.example",
            at=at("2026-11-24 14:05"),
            address="192.0.2.7",
        )
        for until in (at("2026-11-25 14:05"), None)
    ),
]
