"""Emails about alerts, and the weekly digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

from app.notify.emails import (
    AlertChannelChange,
    AlertChannelChanged,
    AlertChannelSwitchedOff,
    AlertTest,
    CreditAlert,
    CreditEnds,
    CreditRecovered,
    CreditState,
    DigestDate,
    DigestRow,
    Email,
    WeeklyDigest,
)
from tests.factories import at, usd

ALERT = CreditAlert(
    level="low",
    under=usd("100"),
    available=usd("48.2"),
    at=at("2026-11-24 14:05"),
    dry_at=at("2026-11-24 19:40"),
)
DIGEST = WeeklyDigest(
    first_day=date(2026, 11, 16),
    last_day=date(2026, 11, 22),
    spent=usd("212.40"),
    before=usd("180"),
    topped_up=usd("250"),
    top_ups=1,
    available=usd("412.36"),
    at=at("2026-11-23 13:07"),
    campaigns=[DigestRow(name="Recall patients", amount=usd("96.10"))],
    dry_at=at("2026-12-03 19:00"),
    coming=[
        DigestDate(day=date(2026, 12, 3), name="Growth renewal", amount=usd("49"), by="Visa ending in 4242"),
        DigestDate(
            day=date(2026, 12, 5),
            name="Automatic top-up, expected",
            amount=usd("200"),
            by="your auto top-up card",
            is_estimate=True,
        ),
    ],
    each_day=[DigestRow(name="Rent for 3 phone numbers", amount=usd("0.15"))],
)
ABOUT_MONEY: list[Email] = [
    ALERT,
    replace(ALERT, level="amount", dry_at=None),
    replace(ALERT, level="forecast", under=None, hours=4),
    replace(ALERT, level="forecast", under=None, hours=72, dry_at=None),
    replace(ALERT, level="paused", under=None, available=usd("-3"), missing=usd("10"), dry_at=None),
    replace(ALERT, level="paused", under=None, available=usd("0"), missing=usd("10"), is_reserved=True),
    CreditRecovered(level="low", under=usd("100"), available=usd("300"), at=at("2026-11-24 14:05")),
    CreditRecovered(level="paused", available=usd("300"), at=at("2026-11-24 14:05")),
    CreditRecovered(level="forecast", hours=4, available=usd("300"), at=at("2026-11-24 14:05")),
    DIGEST,
    replace(DIGEST, spent=usd("0"), top_ups=0, topped_up=usd("0"), campaigns=[], coming=[], dry_at=None),
    replace(DIGEST, before=usd("0")),
    replace(DIGEST, before=usd("212.40"), top_ups=3),
]
ABOUT_ACCOUNTS: list[Email] = [
    *(
        CreditEnds(state=state, path="/stop-alerts/t0k3n", at=at("2026-11-24 14:05"))
        for state in get_args(CreditState)
    ),
    AlertTest(channel="Ops (Slack)", by="Dana Reed", at=at("2026-11-24 14:05")),
    AlertChannelSwitchedOff(channel="Ops (Slack)", why="gone", answer="410", at=at("2026-11-24 14:05")),
    AlertChannelSwitchedOff(
        channel="+1•••0123 (text messages)",
        why="failing",
        answer="No response within 15 seconds.",
        since=at("2026-11-23 14:00"),
        at=at("2026-11-24 14:05"),
    ),
    *(
        AlertChannelChanged(
            change=change,
            channel="Ops (Slack)",
            by="dana@harbor.example",
            address="192.0.2.7",
            at=at("2026-11-24 14:05"),
        )
        for change in get_args(AlertChannelChange)
    ),
]
