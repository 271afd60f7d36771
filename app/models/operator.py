"""Those who run the service: their accounts, their sessions in the console, and what they did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, When, Words, enum_type
from app.money import Money


class OperatorRole(StrEnum):
    """What an operator may do in the console. `finance` does all that `support` does."""

    SUPPORT = "support"  # reads, resends, replays, and acknowledges findings
    FINANCE = "finance"  # also grants credit


class Operator(Base):
    """An account for the console; it opens nothing of an organization's own pages.

    `password_hash` is empty until they have chosen one with the link whose hash is `link_hash`, which ends at
    `link_ends_at`. `encrypted_secret` is what their authenticator app makes codes of, and `last_step` the time step
    of the newest code that was accepted. From `disabled_at` on the account opens nothing.
    """

    __tablename__ = "operator"
    __table_args__ = (
        Index("uq_operator_email_lower", text("lower(email)"), unique=True),
        Index("uq_operator_link_hash", "link_hash", unique=True),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[Words]
    role: Mapped[OperatorRole] = mapped_column(enum_type(OperatorRole))
    password_hash: Mapped[str | None] = mapped_column(Text)
    encrypted_secret: Mapped[Words]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    link_ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Created]
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def may_grant(self) -> bool:
        """Whether their role includes granting credit."""
        return self.role is OperatorRole.FINANCE


class OperatorSession(Base):
    """One browser that is signed in to the console. Its cookie has the token; only the hash is stored. `confirmed_at`
    is when the operator last proved that it's them."""

    __tablename__ = "operator_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"), index=True)
    created_at: Mapped[When]
    seen_at: Mapped[When]
    confirmed_at: Mapped[When]
    device: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(64))


class OperatorEvent(Base):
    """What an operator did, by the console or by a command: never changed, never deleted.

    `operator_id` is empty for commands, which the machine's own log names someone for. `actor` is their email address
    as of then. `organization_id` is whom it was about, `subject` what, and `reason` why, as the operator wrote it.
    """

    __tablename__ = "operator_event"
    __table_args__ = (
        Index("ix_operator_event_at", "at", "id"),
        Index("ix_operator_event_operator", "operator_id", "at"),
        Index("ix_operator_event_organization", "organization_id", "at", "id"),
    )

    id: Mapped[Id]
    at: Mapped[Created]
    operator_id: Mapped[UUID | None]
    actor: Mapped[Words]
    action: Mapped[str] = mapped_column(String(80))
    organization_id: Mapped[UUID | None]
    organization: Mapped[str] = mapped_column(Text, default="", server_default="")
    subject: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    amount_micro: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    address: Mapped[str | None] = mapped_column(String(64))

    @property
    def amount(self) -> Money | None:
        """The money that it was about; None if it was about none."""
        if self.amount_micro is None or self.currency is None:
            return None
        return Money(self.amount_micro, self.currency)
