"""Top-ups."""

from __future__ import annotations

from datetime import date, datetime
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
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, enum_type
from app.models.scope import OrgScoped
from app.money import Money


class TopUpStatus(StrEnum):
    """The status of a top-up. `paying` and `action` have an open payment at Stripe."""

    REVIEW = "review"  # chosen, shown for review, nothing charged
    PAYING = "paying"  # the payment was requested and its outcome is not known yet
    ACTION = "action"  # the bank wants the payer's confirmation (3-D Secure)
    SUCCEEDED = "succeeded"
    DECLINED = "declined"  # nothing was charged; another card may pay the same top-up
    CANCELED = "canceled"


class TopUp(OrgScoped, Base):
    """A top-up. It has at most one payment intent for life, so it can be charged at most once.

    `attempt` counts the attempts to pay: with the id it forms Stripe's idempotency key. `keep_card` says that the
    payer wants to save the entered card. `auto_month` is set for one that no person began: the first day of the
    month, in the organization's zone, whose cap it counts toward.
    """

    __tablename__ = "top_up"
    __table_args__ = (
        UniqueConstraint("org_id", "payment_intent_id"),
        CheckConstraint("amount_micro > 0", name="amount_positive"),
        Index("ix_top_up_payment_intent", "payment_intent_id"),
        Index("ix_top_up_card", "org_id", "payment_method_id"),
        Index("ix_top_up_settled", "org_id", "settled_at"),
        Index(
            "ix_top_up_open",
            "org_id",
            "created_at",
            postgresql_where=text("status IN ('paying', 'action', 'declined')"),
        ),
        Index(
            "uq_top_up_automatic",
            "org_id",
            unique=True,
            postgresql_where=text(
                "auto_month IS NOT NULL AND status IN ('review', 'paying', 'action', 'declined')"
            ),
        ),
        Index(
            "ix_top_up_auto_month", "org_id", "auto_month", postgresql_where=text("auto_month IS NOT NULL")
        ),
        ForeignKeyConstraint(["org_id", "payment_method_id"], ["payment_method.org_id", "payment_method.id"]),
    )

    id: Mapped[Id]
    amount_micro: Mapped[Micro]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[TopUpStatus] = mapped_column(enum_type(TopUpStatus), default=TopUpStatus.REVIEW)
    payment_method_id: Mapped[UUID]
    keep_card: Mapped[bool] = mapped_column(default=False, server_default=false())
    attempt: Mapped[int] = mapped_column(default=0)
    payment_intent_id: Mapped[str | None] = mapped_column(String(255))
    charge_id: Mapped[str | None] = mapped_column(String(255), index=True)
    decline_code: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[Created]
    claimed_at: Mapped[datetime | None] = mapped_column("paying_since", DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    auto_month: Mapped[date | None]

    @property
    def amount(self) -> Money:
        return Money(self.amount_micro, self.currency)

    @property
    def is_automatic(self) -> bool:
        """Whether auto top-up began it."""
        return self.auto_month is not None

    @property
    def awaits_first_try(self) -> bool:
        """Whether this payment was never requested at Stripe."""
        return self.status is TopUpStatus.REVIEW and self.attempt == 0
