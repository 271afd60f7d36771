"""What emails say about auto top-up: switched on and off, declined, refused, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.money import Money
from app.notify.emails.email import Email


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpChanged(Email):
    """Auto top-up was switched on (`is_new`) or changed by `by`, from the IP address `address`. `cards` are charged
    in this order."""

    kind: ClassVar[str] = "auto_top_up_changed"
    is_new: bool
    threshold: Money
    target: Money
    cap: Money
    cards: list[str]
    by: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpOff(Email):
    """Auto top-up was switched off: `reason` is `owner` (then `by` is who), `failures` or `dispute`."""

    kind: ClassVar[str] = "auto_top_up_off"
    reason: str
    available: Money
    at: datetime
    by: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpFailed(Email):
    """Cards were declined: `declines` says why, by card.

    `paid_with` is the backup card that was charged instead. Without it nothing was charged: it's tried again at
    `next_try_at`, unless this was the last of `failures` in a row. With `waits_for_owner` an owner can confirm the
    payment of `top_up_id` until then. Without `declines` there was no card to charge.
    """

    kind: ClassVar[str] = "auto_top_up_failed"
    declines: dict[str, str]
    failures: int
    available: Money
    at: datetime
    top_up_id: UUID | None = None
    amount: Money | None = None
    paid_with: str | None = None
    waits_for_owner: bool = False
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpCap(Email):
    """Automatic top-ups of the month that begins on `month` have reached `level` percent of its cap."""

    kind: ClassVar[str] = "auto_top_up_cap"
    level: int
    charged: Money
    cap: Money
    month: date
    available: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpRefused(Email):
    """An automatic top-up was due and not charged, for a `reason` of `app.billing.auto_top_ups.before_charging`. It
    can be charged from `until` on, if that is known."""

    kind: ClassVar[str] = "auto_top_up_refused"
    reason: str
    cap: Money
    available: Money
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpStopped(Email):
    """Automatic charges are stopped until someone answers: `last_hour` was spent within an hour, where `usual` is
    usual (None: there is too little of a past). `campaigns` and `agents` took the most of it."""

    kind: ClassVar[str] = "auto_top_up_stopped"
    last_hour: Money
    usual: Money | None
    campaigns: dict[str, Money]
    agents: dict[str, Money]
    available: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoTopUpResumed(Email):
    """Someone let automatic charges continue after a stop: until `until` if that is set, else for good, and only
    while an hour takes at most `up_to`."""

    kind: ClassVar[str] = "auto_top_up_resumed"
    up_to: Money
    until: datetime | None
    by: str
    at: datetime
    address: str | None = None
