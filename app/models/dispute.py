"""Payments that a cardholder has disputed with their bank: a projection of Stripe's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Micro, When
from app.models.scope import OrgScoped
from app.money import Money


class Dispute(OrgScoped, Base):
    """One dispute of one top-up. What it deducted from the wallet, or returned, is only in the ledger.

    `status` and `reason` are Stripe's (https://docs.stripe.com/api/disputes/object); an inquiry's status starts with
    `warning_`. `evidence_due_at` is the bank's deadline for evidence. `consent_id` is with which consent an owner
    switched auto top-up on again after a dispute of an automatic charge; None while none has.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        Index("ix_dispute_top_up", "org_id", "top_up_id"),
        ForeignKeyConstraint(["org_id", "top_up_id"], ["top_up.org_id", "top_up.id"]),
        ForeignKeyConstraint(
            ["org_id", "consent_id"],
            ["auto_top_up_consent.org_id", "auto_top_up_consent.id"],
            name="fk_dispute_consent",
        ),
    )

    stripe_id: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)
    top_up_id: Mapped[UUID]
    amount_micro: Mapped[Micro]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[When]
    evidence_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    consent_id: Mapped[UUID | None]

    @property
    def amount(self) -> Money:
        return Money(self.amount_micro, self.currency)
