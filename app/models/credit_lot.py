"""Credit in lots: what came in together, what is left of it, and which usage it paid for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.language import marked, translated
from app.models.columns import Id, Micro, When, Words, enum_type
from app.models.scope import OrgScoped


class LotKind(StrEnum):
    """What credit is, in the order in which it is used."""

    PROMOTIONAL = "promotional"
    GOODWILL = "goodwill"
    PAID = "paid"

    @property
    def label(self) -> str:
        """What people call it, in the reader's language."""
        return translated(_LABELS[self])


_LABELS = {
    LotKind.PROMOTIONAL: marked("Promotional credit"),
    LotKind.GOODWILL: marked("Goodwill credit"),
    LotKind.PAID: marked("Paid credit"),
}


class CreditLot(OrgScoped, Base):
    """Credit that came in by one transfer, at position `seq` of the ledger.

    Of `amount`, usage has drawn `drawn`, refunds and disputes have withdrawn `withdrawn`, and `expired` was left when
    it expired; the rest is left. It is below zero only while a dispute has withdrawn more than the lot brought.
    `ended_at` is when it expired: nothing is drawn from it, or returned to it, any more.
    """

    __tablename__ = "credit_lot"
    __table_args__ = (
        UniqueConstraint("org_id", "seq"),
        CheckConstraint("amount_micro > 0", name="amount_positive"),
        CheckConstraint(
            "drawn_micro >= 0 AND withdrawn_micro >= 0 AND expired_micro >= 0", name="not_negative"
        ),
        Index(
            "ix_credit_lot_left",
            "org_id",
            postgresql_where=text("amount_micro <> drawn_micro + withdrawn_micro + expired_micro"),
        ),
        Index(
            "ix_credit_lot_expires",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL AND ended_at IS NULL"),
        ),
        Index("ix_credit_lot_top_up", "org_id", "top_up_id", postgresql_where=text("top_up_id IS NOT NULL")),
    )

    id: Mapped[Id]
    seq: Mapped[Micro]
    kind: Mapped[LotKind] = mapped_column(enum_type(LotKind))
    amount_micro: Mapped[Micro]
    drawn_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    withdrawn_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    expired_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    top_up_id: Mapped[UUID | None]
    note: Mapped[Words] = mapped_column(default="", server_default="")
    granted_at: Mapped[When]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @hybrid_property
    def left_micro(self) -> int:
        """What is left of it, in micro-units."""
        return self.amount_micro - self.drawn_micro - self.withdrawn_micro - self.expired_micro


class LotDraw(OrgScoped, Base):
    """Usage that a lot paid for: `amount` of the transfers from position `first_seq` to `last_seq`.

    Of the first transfer it paid `first_micro`, of the last one `last_micro`, and those between them as a whole.
    Without a lot it is usage that no credit has paid for yet: the next credit pays it first.
    """

    __tablename__ = "lot_draw"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "lot_id"], ["credit_lot.org_id", "credit_lot.id"], name="fk_lot_draw_lot"
        ),
        CheckConstraint("amount_micro > 0 AND first_seq <= last_seq", name="amount_positive"),
        Index("ix_lot_draw_seq", "org_id", "last_seq", "first_seq"),
        Index("ix_lot_draw_lot", "org_id", "lot_id", "last_seq"),
    )

    id: Mapped[Id]
    lot_id: Mapped[UUID | None]
    first_seq: Mapped[Micro]
    last_seq: Mapped[Micro]
    amount_micro: Mapped[Micro]
    first_micro: Mapped[Micro]
    last_micro: Mapped[Micro]


class LotReturn(OrgScoped, Base):
    """Credit that a correction of usage returned to a lot: the correction is the transfer at `seq`, and what it
    corrects the one at `of_seq`."""

    __tablename__ = "lot_return"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "lot_id"], ["credit_lot.org_id", "credit_lot.id"], name="fk_lot_return_lot"
        ),
        CheckConstraint("amount_micro > 0", name="amount_positive"),
        Index("ix_lot_return_of", "org_id", "of_seq"),
    )

    seq: Mapped[Micro] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_seq: Mapped[Micro]
    amount_micro: Mapped[Micro]
