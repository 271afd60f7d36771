"""Credit set aside for one campaign."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, Index, String, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, When
from app.models.scope import OrgScoped


class Envelope(OrgScoped, Base):
    """Credit of the wallet that only one campaign's calls spend, until a day is over.

    `amount_micro` is what was set aside. Calls in progress hold `held_micro` of it, `spent_micro` has been used, and
    `returned_micro` went back to available credit when the envelope ended; what is left is the rest. `cut_micro` is
    what refunds and disputes took of it, which `amount_micro` no longer has. `until` is its last day, which is over
    at `ends_at`. `has_credit` is what the platform was told of it last.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        CheckConstraint("held_micro >= 0 AND spent_micro >= 0 AND returned_micro >= 0", name="not_negative"),
        CheckConstraint("amount_micro >= held_micro + spent_micro + returned_micro", name="within_amount"),
        Index(
            "uq_envelope_open", "org_id", "campaign", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_envelope_ends_at", "ends_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    campaign: Mapped[str] = mapped_column(String(255))
    amount_micro: Mapped[Micro]
    held_micro: Mapped[Micro] = mapped_column(default=0)
    spent_micro: Mapped[Micro] = mapped_column(default=0)
    returned_micro: Mapped[Micro] = mapped_column(default=0)
    cut_micro: Mapped[Micro] = mapped_column(default=0)
    until: Mapped[date]
    ends_at: Mapped[When]
    has_credit: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @hybrid_property
    def left_micro(self) -> int:
        """What its campaign's calls can still hold and spend, in micro-units."""
        return self.amount_micro - self.held_micro - self.spent_micro - self.returned_micro

    @property
    def least_micro(self) -> int:
        """What was spent of it or is held: it can't be lowered below that."""
        return self.held_micro + self.spent_micro
