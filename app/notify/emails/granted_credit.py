"""What emails say about credit that was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.money import Money
from app.notify.emails.email import Email


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGranted(Email):
    """`amount` of promotional or goodwill credit was granted, which is what `credit` calls it. It can be used through
    `last_day`; None: it doesn't expire."""

    kind: ClassVar[str] = "credit_granted"
    amount: Money
    credit: str
    note: str
    available: Money
    at: datetime
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditExpiring(Email):
    """`amount` is left of credit that can be used through `last_day`, which is `days_left` days from now."""

    kind: ClassVar[str] = "credit_expiring"
    amount: Money
    credit: str
    note: str
    last_day: date
    days_left: int
