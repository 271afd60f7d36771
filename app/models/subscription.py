"""Subscriptions and invoices: projections of Stripe's."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Id, Json, Micro, When, enum_type
from app.models.scope import OrgScoped
from app.money import Money


class SubscriptionStatus(StrEnum):
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class Interval(StrEnum):
    """How often a plan is paid."""

    MONTH = "month"
    YEAR = "year"


class Subscription(OrgScoped, Base):
    """An organization's subscription at Stripe, with days in the organization's time zone.

    `period_start` is the first day that is paid for and `period_end` the first day of the next period; `anchor` is
    the moment that months are counted from. `version` is the catalog's. The next automatic change, at `scheduled_at`,
    is in `scheduled_…`: by a schedule, or because the subscription ends at `ends_at`. `failed_at` is when its
    renewal, of `open_invoice_id`, first failed; since `suspended_at` the free plan is in force. `promised_until` is
    the deadline that was promised before the organization changed its time zone. The plan is paid `quantity` times,
    and `next_charge` is Stripe's latest preview of the next charge. `odd` are custom arrangements in Stripe's
    dashboard (`app.payments.oddities`).
    """

    __tablename__ = "subscription"

    plan: Mapped[str] = mapped_column(String(60))
    status: Mapped[SubscriptionStatus] = mapped_column(enum_type(SubscriptionStatus))
    period_start: Mapped[date]
    period_end: Mapped[date]
    interval: Mapped[Interval] = mapped_column(String(5), default=Interval.MONTH, server_default="month")
    version: Mapped[str | None] = mapped_column(String(60))
    anchor: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    schedule_id: Mapped[str | None] = mapped_column(String(255))
    scheduled_plan: Mapped[str | None] = mapped_column(String(60))
    scheduled_interval: Mapped[Interval | None] = mapped_column(String(5))
    scheduled_version: Mapped[str | None] = mapped_column(String(60))
    scheduled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    suspended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    promised_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    open_invoice_id: Mapped[str | None] = mapped_column(String(255))
    failure: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    next_charge: Mapped[Json | None] = mapped_column(JSONB)
    odd: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    stripe_id: Mapped[str | None] = mapped_column(String(255), index=True)


class Invoice(OrgScoped, Base):
    """An invoice for the plan; the period is that of Stripe's lines, and unknown if they have none.

    `sums` is the breakdown of the amount. Where a card paid it, `paid_with` is Stripe's id of the card, which may
    be of no row of ours, `charged_micro` what was charged to it, and `paid_at` when.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("org_id", "stripe_id"),
        Index("ix_invoice_issued", "org_id", "issued_at"),
        Index("ix_invoice_stripe_id", "stripe_id"),
        Index("ix_invoice_number", "number"),
    )

    id: Mapped[Id]
    stripe_id: Mapped[str] = mapped_column(String(255))
    number: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[When]
    amount_micro: Mapped[Micro]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[InvoiceStatus] = mapped_column(enum_type(InvoiceStatus))
    failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    period_start: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    period_end: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sums: Mapped[Json | None] = mapped_column(JSONB)
    paid_with: Mapped[str | None] = mapped_column(String(255))
    charged_micro: Mapped[int | None] = mapped_column(BigInteger)
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def amount(self) -> Money:
        return Money(self.amount_micro, self.currency)
