"""Emails about plans, their invoices, and cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.notify.emails import CardExpiring, Email, InvoiceFailed, PlanChanged
from tests.factories import at, usd

CARD = CardExpiring(card="Visa ending in 4242", last_day=date(2026, 11, 30), days_left=7, is_default=True)
PLAN = PlanChanged(
    plan="Scale",
    before="Growth",
    price=usd("399"),
    interval="month",
    reason="switched",
    at=at("2026-11-24 14:05"),
)
ABOUT_MONEY: list[Email] = [
    InvoiceFailed(
        number="HD-0007",
        what="Growth plan, November 2026",
        amount=usd("99"),
        at=at("2026-11-24 14:05"),
        next_try=at("2026-11-27 14:05"),
    ),
    InvoiceFailed(number="HD-0007", what="your plan", amount=usd("99"), at=at("2026-11-24 14:05")),
    InvoiceFailed(
        number="HD-0007",
        what="your plan",
        amount=usd("117.81"),
        at=at("2026-11-24 14:05"),
        taxes={"VAT 19%": usd("18.81")},
    ),
    InvoiceFailed(
        number="HD-0007",
        what="Scale plan, December 2026",
        amount=usd("399"),
        at=at("2026-11-24 14:05"),
        next_try=at("2026-11-27 14:05"),
        plan="Scale",
        pay_by=date(2026, 12, 1),
    ),
    CARD,
    replace(CARD, is_default=False, days_left=0),
    replace(CARD, plan="Scale", days_left=1),
    PLAN,
    replace(PLAN, reason="restored"),
    replace(PLAN, reason="suspended", plan="Starter", before="Scale", price=usd("0")),
    replace(PLAN, reason="ended", plan="Starter", before="Scale", price=usd("0")),
    replace(PLAN, reason="scheduled"),
    replace(PLAN, before="Scale", interval="year", price=usd("3990")),
    replace(PLAN, is_adjusted=True),
]
