"""Alerts about credit: who is told of what, which levels were reached, and messages that leave for chat and SMS."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Json, When, Words, enum_type
from app.models.scope import OrgScoped
from app.models.tries import FewTries


class ChannelKind(StrEnum):
    """How a channel reaches people."""

    RECIPIENTS = "recipients"  # email to the billing recipients of that moment
    EMAIL = "email"  # email to one person
    SMS = "sms"  # text messages to one person, through the operator's gateway
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"  # signed JSON to an address of the organization's own

    @property
    def is_email(self) -> bool:
        return self in {ChannelKind.RECIPIENTS, ChannelKind.EMAIL}

    @property
    def is_personal(self) -> bool:
        return self in {ChannelKind.EMAIL, ChannelKind.SMS}


class AlertLevelKind(StrEnum):
    """What a level is about."""

    LOW = "low"  # the low-balance alert, whose amount is the wallet's
    AMOUNT = "amount"
    FORECAST = "forecast"
    PAUSED = "paused"


class AlertDeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # rejected, not accepted for a day, or its channel was switched off


class AlertChannel(OrgScoped, Base):
    """A way in which an organization's alerts reach someone.

    `user_id` is whose it is, for a person's email and phone. `address` is a phone number or a URL, and `secrets` sign
    what is sent to a webhook, newest first. `created_by_id` is who added it, or typed its number last.
    `confirmed_at` is when the code came back that was sent to a phone: until then nothing else is sent there.
    `failing_since` is when it began to accept nothing; `off_at` is when it was switched off, and `off_reason` why.
    """

    __tablename__ = "alert_channel"
    __table_args__ = (
        UniqueConstraint("org_id", "kind", "user_id", "address", postgresql_nulls_not_distinct=True),
        Index("ix_alert_channel_user_id", "user_id"),
    )

    id: Mapped[Id]
    kind: Mapped[ChannelKind] = mapped_column(enum_type(ChannelKind))
    name: Mapped[Words] = mapped_column(default="")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    address: Mapped[Words] = mapped_column(default="")
    secrets: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Created]
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    off_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    off_reason: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def waits_for_code(self) -> bool:
        """Whether it is a phone that no one has confirmed yet."""
        return self.kind is ChannelKind.SMS and self.confirmed_at is None

    @classmethod
    def hears(cls) -> ColumnElement[bool]:
        """Whether anything is sent there: it isn't switched off, and not a phone that waits for its code."""
        return and_(cls.off_at.is_(None), or_(cls.kind != ChannelKind.SMS, cls.confirmed_at.is_not(None)))


class PhoneCode(FewTries, OrgScoped, Base):
    """The code that was sent to a phone, until it comes back."""

    __tablename__ = "phone_code"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "channel_id"], ["alert_channel.org_id", "alert_channel.id"]),
    )

    channel_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AlertLevel(OrgScoped, Base):
    """A level of credit that people are told about, by a `key` that says what it is (`app.billing.alerts.levels`).

    `amount_micro` is set for an amount, `hours` for a forecast. `raised_at` is when it was reached, until credit has
    recovered; `times` is how often it was.
    """

    __tablename__ = "alert_level"
    __table_args__ = (
        CheckConstraint("(kind = 'amount') = (amount_micro IS NOT NULL)", name="amount_of_amounts"),
        CheckConstraint("(kind = 'forecast') = (hours IS NOT NULL)", name="hours_of_forecasts"),
    )

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[AlertLevelKind] = mapped_column(enum_type(AlertLevelKind))
    amount_micro: Mapped[int | None] = mapped_column(BigInteger)
    hours: Mapped[int | None]
    raised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    times: Mapped[int] = mapped_column(default=0, server_default="0")


class AlertChoice(OrgScoped, Base):
    """That a channel is told about something: a level by its key, recovery, or the weekly digest."""

    __tablename__ = "alert_choice"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "channel_id"], ["alert_channel.org_id", "alert_channel.id"]),
    )

    channel_id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(40), primary_key=True)


class AlertDelivery(OrgScoped, Base):
    """A message for a channel that isn't email (those are in `mail`); `source` says what it is about, once a channel.

    `kind` and `facts` are what it says (`app.notify.emails`). `sending_until` is set while a process sends it; after
    that time the process counts as killed. `answer` is the result of the last attempt.
    """

    __tablename__ = "alert_delivery"
    __table_args__ = (
        UniqueConstraint("org_id", "channel_id", "source"),
        ForeignKeyConstraint(["org_id", "channel_id"], ["alert_channel.org_id", "alert_channel.id"]),
        Index("ix_alert_delivery_waiting", "next_try_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    channel_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[Json] = mapped_column(JSONB)
    created_at: Mapped[Created]
    state: Mapped[AlertDeliveryState] = mapped_column(
        enum_type(AlertDeliveryState), default=AlertDeliveryState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[When]
    sending_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
