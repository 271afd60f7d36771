"""What alerts about credit say, in emails and in chat: the facts of each kind, as in `app.notify.emails`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from app.money import Money
from app.notify.emails.email import Email, ReadBy

AlertKind = Literal["low", "amount", "forecast", "paused"]
"""What a level of credit is about (`app.models.AlertLevelKind`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditAlert(Email):
    """Credit has reached a level: below `under`, or expected to last less than `hours`, or used up.

    `available` is the credit then, and `dry_at` when it is expected to run out, if that is known. Where calling is
    paused, `missing` is the smallest top-up that resumes it, and `is_reserved` says that calls in progress have
    reserved what is left.
    """

    kind: ClassVar[str] = "credit_alert"
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = "alerts"
    level: AlertKind
    available: Money
    at: datetime
    under: Money | None = None
    hours: int | None = None
    dry_at: datetime | None = None
    missing: Money | None = None
    is_reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRecovered(Email):
    """Credit is above a level again, the highest if there were several; the fields are those of `CreditAlert`."""

    kind: ClassVar[str] = "credit_recovered"
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = "alerts"
    level: AlertKind
    available: Money
    at: datetime
    under: Money | None = None
    hours: int | None = None
    dry_at: datetime | None = None


CreditState = Literal["low", "paused", "recovered"]
"""All that people without a billing role are told about credit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEnds(Email):
    """For people who run campaigns and don't see billing: that credit ends, and no figures. `path` unsubscribes."""

    kind: ClassVar[str] = "credit_ends"
    read_by: ClassVar[ReadBy] = "members"
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = "alerts"
    state: CreditState
    path: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTest(Email):
    """A test that `by` asked for, of the channel called `channel`."""

    kind: ClassVar[str] = "alert_test"
    read_by: ClassVar[ReadBy] = "members"
    channel: str
    by: str
    at: datetime


AlertChannelOff = Literal["gone", "failing"]
"""Why a channel was switched off: it answered 410, or has accepted nothing for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelSwitchedOff(Email):
    """The channel called `channel` gets no more alerts. `answer` is the last response, `since` when it began to
    fail."""

    kind: ClassVar[str] = "alert_channel_off"
    read_by: ClassVar[ReadBy] = "members"
    channel: str
    why: AlertChannelOff
    answer: str
    at: datetime
    since: datetime | None = None


AlertChannelChange = Literal["added", "removed", "switched_on", "confirmed", "number_changed"]
"""What people do with channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelChanged(Email):
    """Who or what gets alerts about credit was changed by `by`, from the IP address `address` if they have one."""

    kind: ClassVar[str] = "alert_channel_changed"
    change: AlertChannelChange
    channel: str
    by: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """A line of a digest: its name, and the amount."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDate:
    """What is due on a day, and the amount if it is known; `by` is the card that pays it, or how else it is paid.

    `is_estimate`: by a forecast, or before discounts and taxes.
    """

    day: date
    name: str
    amount: Money | None = None
    by: str = ""
    is_estimate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyDigest(Email):
    """A week of an organization, from `first_day` to `last_day`, in its own zone.

    `spent` and `before` are the spending of this week and of the one before, `topped_up` what was added by `top_ups`
    payments. `campaigns` are those that cost most. `dry_at` is when credit is expected to run out, if that is known,
    `coming` what is due in the weeks that follow, and `each_day` what is rented by the day, with what a day costs.
    """

    kind: ClassVar[str] = "weekly_digest"
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = "digest"
    first_day: date
    last_day: date
    spent: Money
    before: Money
    topped_up: Money
    top_ups: int
    available: Money
    at: datetime
    campaigns: list[DigestRow] = field(default_factory=list)
    dry_at: datetime | None = None
    coming: list[DigestDate] = field(default_factory=list)
    each_day: list[DigestRow] = field(default_factory=list)
