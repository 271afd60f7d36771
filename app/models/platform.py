"""Webhooks to the platform: endpoints, the messages of each organization in order, and their deliveries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, When, enum_type
from app.models.scope import OrgScoped


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # rejected, or undeliverable for three days: an operator has to replay it
    SUPERSEDED = "superseded"  # not accepted before a newer state existed


class PlatformEndpoint(Base):
    """A URL that every message is sent to.

    `secrets` sign the messages, newest first: there are two during a rotation.
    """

    __tablename__ = "platform_endpoint"

    id: Mapped[Id]
    url: Mapped[str] = mapped_column(Text)
    secrets: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PlatformMessage(OrgScoped, Base):
    """A message to the platform about an organization; `position` is its place in order.

    `happened_at` is when it became true, `created_at` when it was recorded.
    """

    __tablename__ = "platform_message"
    __table_args__ = (Index("ix_platform_message_position", "org_id", "position"),)

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    type: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    happened_at: Mapped[When]
    created_at: Mapped[Created]


class PlatformDelivery(OrgScoped, Base):
    """The delivery of a message to an endpoint. `answer` is the result of the last attempt.

    `is_state`: it is a state that a newer message replaces (`calling.paused`, `calling.resumed`), so it doesn't wait
    for other kinds of messages. `sending_until` is set while a process sends it; after that time the process counts
    as killed. `refused`: the receiver's last response was that it will never accept it.
    """

    __tablename__ = "platform_delivery"
    __table_args__ = (
        Index(
            "ix_platform_delivery_waiting",
            "org_id",
            "endpoint_id",
            "position",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_platform_delivery_due",
            "endpoint_id",
            "is_state",
            "next_try_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_platform_delivery_failed", "position", postgresql_where=text("state = 'failed'")),
        ForeignKeyConstraint(["org_id", "message_id"], ["platform_message.org_id", "platform_message.id"]),
    )

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("platform_endpoint.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    is_state: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[DeliveryState] = mapped_column(enum_type(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[When]
    sending_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    answer: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
