"""Top-ups and the cards that pay for them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.money import Money
from app.extensions import Base
from app.models.columns import Created, Id, Micro, enum_type
from app.models.scope import OrgScoped

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


class TopUpStatus(StrEnum):
    """Where a top-up stands. `paying` and `action` have an open payment at Stripe."""

    REVIEW = "review"  # chosen, shown for review, nothing charged
    PAYING = "paying"  # the payment was asked for and its end is not known yet
    ACTION = "action"  # the bank wants the payer's confirmation (3-D Secure)
    SUCCEEDED = "succeeded"
    DECLINED = "declined"  # nothing was charged; another card may pay the same top-up
    CANCELED = "canceled"


class PaymentMethod(OrgScoped, Base):
    """A card, as Stripe tells it. `removed_at` is set once it is detached; its top-ups keep naming it."""

    __tablename__ = "payment_method"
    __table_args__ = (
        UniqueConstraint("org_id", "stripe_id"),
        Index("ix_payment_method_stripe_id", "stripe_id"),
        Index(
            "uq_payment_method_default",
            "org_id",
            unique=True,
            postgresql_where=text("is_default AND removed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    stripe_id: Mapped[str] = mapped_column(String(255))
    brand: Mapped[str] = mapped_column(String(40))
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int]
    exp_year: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(255))
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def brand_label(self) -> str:
        return _brand_label(self.brand)

    @property
    def label(self) -> str:
        """As sentences name a card: `Visa ending in 4242`."""
        return card_label(self.brand, self.last4)


def card_label(brand: str, last4: str) -> str:
    """The label of a card that was read without being loaded."""
    return f"{_brand_label(brand)} ending in {last4}"


def _brand_label(brand: str) -> str:
    return _BRANDS.get(brand, brand.replace("_", " ").title())


class TopUp(OrgScoped, Base):
    """One wish to add credit. It has at most one payment intent for life, so it can be charged at most once.

    `attempt` counts the tries to pay: with the id it makes Stripe's idempotency key.
    """

    __tablename__ = "top_up"
    __table_args__ = (
        UniqueConstraint("org_id", "payment_intent_id"),
        CheckConstraint("amount_micro > 0", name="amount_positive"),
        Index("ix_top_up_payment_intent", "payment_intent_id"),
        Index(
            "ix_top_up_open",
            "org_id",
            "created_at",
            postgresql_where=text("status IN ('paying', 'action', 'declined')"),
        ),
        ForeignKeyConstraint(["org_id", "payment_method_id"], ["payment_method.org_id", "payment_method.id"]),
    )

    id: Mapped[Id]
    amount_micro: Mapped[Micro]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[TopUpStatus] = mapped_column(enum_type(TopUpStatus), default=TopUpStatus.REVIEW)
    payment_method_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(default=0)
    payment_intent_id: Mapped[str | None] = mapped_column(String(255))
    charge_id: Mapped[str | None] = mapped_column(String(255))
    decline_code: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[Created]
    paying_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def amount(self) -> Money:
        return Money(self.amount_micro, self.currency)
