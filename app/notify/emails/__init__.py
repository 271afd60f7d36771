"""What emails say: the facts of each kind, as they were when it happened.

Each class is a kind of email; its template has the text (`app/templates/mail/<kind>.jinja`). Facts go through JSON in
the outbox, so a field may be added with a default, and none may change its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from app.money import Money
from app.notify.emails.alerts import (
    AlertChannelChanged,
    AlertChannelSwitchedOff,
    AlertTest,
    CreditAlert,
    CreditEnds,
    CreditRecovered,
    WeeklyDigest,
)
from app.notify.emails.email import Email as Email


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The wallet after the event, and what that means for calls.

    `before` and `after` are calling states (`active`, `low`, `paused`); `missing` is the smallest top-up that resumes
    calling when it is paused.
    """

    available: Money
    before: str
    after: str
    missing: Money | None = None

    @property
    def resumed(self) -> bool:
        return self.before == "paused" != self.after

    @property
    def stopped(self) -> bool:
        return self.before != "paused" == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutTopUp(Email):
    """What happened to one top-up, of which `card` paid or was to pay `amount`."""

    top_up_id: UUID
    amount: Money
    card: str
    at: datetime
    calling: Calling


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged(_AboutTopUp):
    """A card was charged and the wallet credited: by auto top-up if `is_automatic`."""

    kind: ClassVar[str] = "charge"
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(_AboutTopUp):
    """A card was not charged: `reason` and `next_step` explain the decline."""

    kind: ClassVar[str] = "payment_failed"
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(_AboutTopUp):
    """Money is refunded to the card, and the same credit deducted from the wallet. `paid` is what the top-up was."""

    kind: ClassVar[str] = "refund"
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReturned(_AboutTopUp):
    """A refund failed to reach the card: its credit is back in the wallet."""

    kind: ClassVar[str] = "refund_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(_AboutTopUp):
    """The bank reversed a payment that its cardholder disputes. `answer_by` is the deadline for evidence."""

    kind: ClassVar[str] = "dispute_opened"
    paid: Money
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWon(_AboutTopUp):
    """A dispute was won: the bank returned the payment, and its credit is back in the wallet."""

    kind: ClassVar[str] = "dispute_won"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLost(_AboutTopUp):
    """A dispute was lost: the credit deducted for it stays deducted."""

    kind: ClassVar[str] = "dispute_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFailed(Email):
    """An invoice for `what` was not paid, with its `taxes` by name.

    `next_try` is when it is retried automatically, if at all. Where it is the renewal of a plan, `plan` is its name,
    and `pay_by` is the last day on which it stays in force without the payment.
    """

    kind: ClassVar[str] = "invoice_failed"
    number: str
    what: str
    amount: Money
    at: datetime
    next_try: datetime | None = None
    pay_by: date | None = None
    taxes: dict[str, Money] = field(default_factory=dict)
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(Email):
    """The plan named `plan` is in force in place of `before`, for the list `price` per `interval`: `is_adjusted`
    where discounts or taxes change what is charged. `reason` is one of the domain's."""

    kind: ClassVar[str] = "plan_changed"
    plan: str
    before: str
    price: Money
    interval: str
    reason: str
    at: datetime
    is_adjusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardExpiring(Email):
    """A saved card expires at the end of `last_day`. `plan` is the plan charged to it, if any."""

    kind: ClassVar[str] = "card_expiring"
    card: str
    last_day: date
    days_left: int
    is_default: bool
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLink(Email):
    """Lets its reader choose a new password for `email`, at `path`, for a number of `hours`."""

    kind: ClassVar[str] = "password_link"
    opens: ClassVar[str | None] = "path"
    email: str
    path: str
    hours: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Email):
    """The password of `email` was set from the IP address `address`; `first`: it is the account's first password."""

    kind: ClassVar[str] = "password_set"
    email: str
    first: bool
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsChanged(Email):
    """Who gets billing emails was changed by `by`, from the IP address `address` if they have one. An empty list
    means the owners."""

    kind: ClassVar[str] = "recipients_changed"
    before: list[str]
    after: list[str]
    by: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLimitChanged(Email):
    """The daily limit of top-ups was changed by `by`, from the IP address `address` if they have one. It applies from
    `starts_at` on, or immediately."""

    kind: ClassVar[str] = "daily_limit_changed"
    before: Money
    after: Money
    by: str
    at: datetime
    starts_at: datetime | None = None
    address: str | None = None


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


FactorChange = Literal[
    "passkey_added",
    "passkey_removed",
    "app_added",
    "app_removed",
    "codes_made",
    "code_used",
    "reset",
    "guessed",
    "not_confirmed",
]
"""What can happen to a person's second factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanged(Email):
    """Something happened to the second factors of `email`, from the IP address `address`. `name` is that of a
    passkey, `left` how many recovery codes are unused."""

    kind: ClassVar[str] = "factor_changed"
    email: str
    change: FactorChange
    at: datetime
    name: str = ""
    left: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConnected(Email):
    """Someone who was signed in to the account `email`, from the IP address `address`, connected it with an identity
    provider, which people call `provider`."""

    kind: ClassVar[str] = "identity_connected"
    email: str
    provider: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDisconnected(Email):
    """The account `email` can't be opened with `provider` any more: by its person, from the IP address `address`, or
    by an operator."""

    kind: ClassVar[str] = "identity_disconnected"
    email: str
    provider: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignIn(Email):
    """Someone signed in as `email` with a `device` (in words) that was not used for the account before; `place` is
    the IP address, with its country."""

    kind: ClassVar[str] = "new_sign_in"
    email: str
    device: str
    at: datetime
    place: str | None = None


Weakening = Literal["confirmations_rarer", "factor_optional"]
"""How an organization's security can be weakened: it asks less often who someone is, or for no second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityWeakened(Email):
    """A security setting was switched off by `by`, from the IP address `address` if they have one."""

    kind: ClassVar[str] = "security_weakened"
    change: Weakening
    by: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersChanged(Email):
    """`person` became an owner, or is none any more, by what `by` did, from the IP address `address` if they have
    one."""

    kind: ClassVar[str] = "owners_changed"
    person: str
    is_owner: bool
    by: str
    at: datetime
    address: str | None = None


UnusualReason = Literal["large", "new_card", "burst", "limit"]
"""Why a top-up is unusual (`app.billing.topups.unusual`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualTopUp(Email):
    """Someone started a top-up that may be a thief's: `by`, from the IP address `address` if they have one.

    `amount` is the top-up's, or the daily limit that was reached. `largest` is what was usual, if anything was, and
    `count` how many there were within an hour.
    """

    kind: ClassVar[str] = "unusual_top_up"
    reason: UnusualReason
    amount: Money
    by: str
    at: datetime
    card: str | None = None
    address: str | None = None
    largest: Money | None = None
    count: int | None = None


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
    limit_id: UUID
    what: str
    per: str
    wanted: Money
    is_approved: bool
    by: str
    at: datetime
    until: datetime | None = None


_KINDS: dict[str, type[Email]] = {
    one.kind: one
    for one in (
        Charged,
        PaymentFailed,
        Refunded,
        RefundReturned,
        DisputeOpened,
        DisputeWon,
        DisputeLost,
        InvoiceFailed,
        PlanChanged,
        CardExpiring,
        PasswordLink,
        PasswordSet,
        RecipientsChanged,
        DailyLimitChanged,
        CreditGranted,
        CreditExpiring,
        AutoTopUpChanged,
        AutoTopUpOff,
        AutoTopUpFailed,
        AutoTopUpCap,
        AutoTopUpRefused,
        AutoTopUpStopped,
        AutoTopUpResumed,
        UnusualTopUp,
        FactorChanged,
        IdentityConnected,
        IdentityDisconnected,
        NewSignIn,
        SecurityWeakened,
        OwnersChanged,
        LimitReached,
        LimitMoreAsked,
        LimitMoreDecided,
        CreditAlert,
        CreditRecovered,
        CreditEnds,
        AlertTest,
        AlertChannelSwitchedOff,
        AlertChannelChanged,
        WeeklyDigest,
    )
}


def pack(email: Email) -> dict[str, Any]:
    """The facts as JSON."""
    packed: dict[str, Any] = msgspec.to_builtins(email)
    return packed


def unpack(kind: str, facts: dict[str, Any]) -> Email:
    """Restore the facts. Raises `KeyError` for an unknown kind, `msgspec.ValidationError` for facts that don't fit
    the kind."""
    return msgspec.convert(facts, _KINDS[kind], strict=False)
