"""Emails about credit that was set aside for a campaign."""

from __future__ import annotations

from datetime import date

from app.notify.emails import Email, EnvelopeCut, EnvelopeEnded
from tests.factories import usd

ABOUT_MONEY: list[Email] = [
    EnvelopeEnded(
        campaign="Spring <recall>",
        amount=usd("120"),
        spent=usd("84.25"),
        held=usd("2.75"),
        returned=usd("33"),
        last_day=date(2027, 1, 31),
    ),
    EnvelopeEnded(
        campaign="Recall",
        amount=usd("40"),
        spent=usd("40"),
        held=usd("0"),
        returned=usd("0"),
        last_day=date(2027, 1, 31),
    ),
    EnvelopeCut(campaign="Recall", taken=usd("15"), left=usd("25"), until=date(2027, 1, 31)),
    EnvelopeCut(campaign="Spring", taken=usd("40"), left=usd("0"), until=date(2027, 1, 31)),
]
