"""What emails say about limits on spend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.money import Money
from app.notify.emails.email import Email, ReadBy


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReached(Email):
    """`percent` of a limit on spend, 80 or 100, was spent. `what` is whose spend it counts, `per` its window ("a
    day"); it `stops` new calls, or only tells, and starts again at a time."""

    kind: ClassVar[str] = "limit_reached"
    what: str
    per: str
    amount: Money
    spent: Money
    percent: int
    stops: bool
    starts_again_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitMoreAsked(Email):
    """`by` asks to raise a limit from `amount` to `wanted`, until a time; without one, until its window ends."""

    kind: ClassVar[str] = "limit_more_asked"
    read_by: ClassVar[ReadBy] = "owners"
    request_id: UUID
    what: str
    per: str
    amount: Money
    wanted: Money
    by: str
    note: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitMoreDecided(Email):
    """`by` approved or refused a request for more; if approved, the limit is `wanted` until a time."""

    kind: ClassVar[str] = "limit_more_decided"
    read_by: ClassVar[ReadBy] = "members"
    limit_id: UUID
    what: str
    per: str
    wanted: Money
    is_approved: bool
    by: str
    at: datetime
    until: datetime | None = None
