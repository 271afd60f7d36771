"""What mails tell: the facts of each kind, as they were when it happened.

Each class is a kind of mail; its template has the words (`app/templates/mail/<kind>.jinja`). Facts go through JSON in
the outbox, so a field may be added with a default, and none may change its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from app.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The wallet after what is told, and what that means for calls.

    `before` and `after` are calling states (`active`, `low`, `paused`); `missing` is the least top-up that brings
    calling back where it is paused.
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
class Letter:
    """Facts of an email. `kind` names its template, and is the mail's kind in the outbox; `opens` names the
    field that opens something: it isn't kept once the mail was sent."""

    kind: ClassVar[str]
    opens: ClassVar[str | None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutTopUp(Letter):
    """What happened to one top-up, of which `card` paid or was to pay `amount`."""

    top_up_id: UUID
    amount: Money
    card: str
    at: datetime
    calling: Calling


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged(_AboutTopUp):
    """A card was charged and the wallet credited."""

    kind: ClassVar[str] = "charge"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(_AboutTopUp):
    """A card was not charged: `reason` and `next_step` are the words of the decline."""

    kind: ClassVar[str] = "payment_failed"
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(_AboutTopUp):
    """Money goes back to the card, and the same credit out of the wallet. `paid` is what the top-up was."""

    kind: ClassVar[str] = "refund"
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReturned(_AboutTopUp):
    """A refund that never reached the card: its credit is back in the wallet."""

    kind: ClassVar[str] = "refund_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(_AboutTopUp):
    """The bank took a payment back: its cardholder disputes it. `answer_by` is until when it takes evidence."""

    kind: ClassVar[str] = "dispute_opened"
    paid: Money
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWon(_AboutTopUp):
    """The bank gave a disputed payment back, and the wallet has its credit again."""

    kind: ClassVar[str] = "dispute_won"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLost(_AboutTopUp):
    """The bank keeps a disputed payment back for good: the credit that it took stays out of the wallet."""

    kind: ClassVar[str] = "dispute_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFailed(Letter):
    """An invoice for `what` was not paid, with its `taxes` by name.

    `next_try` is when it is charged again by itself, if it is. Where it is the renewal of a plan, `plan` is
    its name, and `pay_by` is the last day on which it stays in force without the payment.
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
class PlanChanged(Letter):
    """The plan named `plan` is in force in place of `before`, for `price` an `interval` by the list: `is_adjusted`
    where discounts or taxes change what is charged. `reason` is the domain's word."""

    kind: ClassVar[str] = "plan_changed"
    plan: str
    before: str
    price: Money
    interval: str
    reason: str
    at: datetime
    is_adjusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardExpiring(Letter):
    """A saved card works until the end of `last_day`. `plan` is the one that is charged to it, if any."""

    kind: ClassVar[str] = "card_expiring"
    card: str
    last_day: date
    days_left: int
    is_default: bool
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLink(Letter):
    """Anyone who reads it may choose a new password for `email`, at `path` and for some `hours`."""

    kind: ClassVar[str] = "password_link"
    opens: ClassVar[str | None] = "path"
    email: str
    path: str
    hours: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Letter):
    """The password of `email` was set from the IP address `address`; `first`: its account began with that."""

    kind: ClassVar[str] = "password_set"
    email: str
    first: bool
    at: datetime
    address: str | None = None


_KINDS: dict[str, type[Letter]] = {
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
    )
}


def pack(letter: Letter) -> dict[str, Any]:
    """The facts as JSON."""
    packed: dict[str, Any] = msgspec.to_builtins(letter)
    return packed


def unpack(kind: str, facts: dict[str, Any]) -> Letter:
    """The facts again. Raises `KeyError` for an unknown kind, `msgspec.ValidationError` for facts that aren't its."""
    return msgspec.convert(facts, _KINDS[kind], strict=False)
