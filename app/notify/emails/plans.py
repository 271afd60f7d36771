"""What emails say about plans, their invoices, and the cards they are charged to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from app.money import Money
from app.notify.emails.email import Email


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
