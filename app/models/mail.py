"""The outbox of emails."""

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
    FAILED = "failed"  # every recipient was rejected, or the mail server was unavailable for days


class StoppedMail(StrEnum):
    """The kinds of emails that people can stop by a link in them."""

    ALERTS = "alerts"
    DIGEST = "digest"


class MailOptOut(OrgScoped, Base):
    """That an address, in lower case, gets no more emails of a kind, because someone there stopped them."""

    __tablename__ = "mail_opt_out"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    what: Mapped[StoppedMail] = mapped_column(enum_type(StoppedMail), primary_key=True)
    at: Mapped[When]


class Mail(OrgScoped, Base):
    """One email about one event; `kind` and `source` identify the event, so it is sent once.

    Written in the event's own transaction. `facts` are its data, as of that moment (`app.notify.emails`); `subject`,
    `text` and `html` are composed from them at the first attempt to send, in `locale`, and stay as they were sent;
    `in_other_locales` has the same by locale, for recipients who read in another. An email about a person's own
    account goes only to `recipient`; others go to the organization's billing recipients at the time of sending.
    `delivered_to` and `refused` (address to reason) are the recipients that are done.
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
    locale: Mapped[str | None] = mapped_column(String(20))
    in_other_locales: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    delivered_to: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    refused: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    note: Mapped[str | None] = mapped_column(Text)
