"""What is asked before each automatic charge, and may refuse it.

A refusal charges nothing, asks no card, and counts as no failure. Its reason is stored with the settings and shown,
and the charge is asked about again when the refusal says so, or when credit, cards or settings change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing.auto_top_ups import restored
from app.billing.brake import checking
from app.models import Organization
from app.money import Money


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is charged now. `reason` is at most 40 characters; `until` is when to look again by itself, if
    that is known. With `is_notified` whatever refused has sent emails of its own about it."""

    reason: str
    until: datetime | None = None
    is_notified: bool = False


MONTHLY_CAP = "monthly_cap"
DAILY_LIMIT = "daily_limit"

_COMPARES = timedelta(minutes=1)
"""How long a comparison may take before it is asked again."""

Check = Callable[[Organization, Money, datetime], Refusal | None]
"""Asked with the amount that is about to be charged, and the time. The wallet is locked; it commits nothing."""


def _ask_history(_: Organization, __: Money, at: datetime) -> Refusal | None:
    if restored.is_compared():
        return None
    return Refusal(restored.NOT_COMPARED, at + _COMPARES, is_notified=True)


def _ask_brake(organization: Organization, amount: Money, at: datetime) -> Refusal | None:
    waiting = checking.check(organization, amount, at)
    if waiting is None:
        return None
    return Refusal(waiting.reason, waiting.until, is_notified=waiting.reason == checking.STOPPED)


CHECKS: tuple[Check, ...] = (_ask_history, _ask_brake)
"""Asked in this order; the first that refuses decides."""


def refusal(organization: Organization, amount: Money, at: datetime) -> Refusal | None:
    """Why this amount must not be charged now; None if it may be."""
    return next((found for check in CHECKS if (found := check(organization, amount, at))), None)
