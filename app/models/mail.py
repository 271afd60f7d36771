"""The outbox: emails to the people an organization's billing is told to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Json, When, enum_type
from app.models.scope import OrgScoped


class MailState(StrEnum):
    WAITING = "waiting"  # to be sent, now or at its next try
    SENT = "sent"  # the mail server took it for at least one of its recipients
    FAILED = "failed"  # given up: every recipient was refused, or the mail server stayed away for days


class Mail(OrgScoped, Base):
    """One mail about one thing that happened; `kind` and `source` name that thing, so it is told once.

    Written in the transaction that made it happen. `facts` are what it tells, as they were at that moment
    (`app.notify.letters`); `subject`, `text` and `html` are what was made of them at the first try to send
    it, and stay as what its readers got. An email about a person's own account goes to `recipient` alone;
    others go to who gets the organization's mail when it is sent. `delivered_to` and `refused` (address to
    reason) are those done with.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("org_id", "kind", "source"),
        Index("ix_mail_waiting", "next_try_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_mail_created", "created_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(400))
    facts: Mapped[Json] = mapped_column(JSONB)
    recipient: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[Created]
    state: Mapped[MailState] = mapped_column(enum_type(MailState), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[When]
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    delivered_to: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    refused: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    note: Mapped[str | None] = mapped_column(Text)
