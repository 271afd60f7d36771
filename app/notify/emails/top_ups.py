"""What emails say about top-ups: paid, declined, refunded, disputed, unusual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from app.money import Money
from app.notify.emails.email import Email


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
