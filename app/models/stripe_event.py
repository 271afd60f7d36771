"""Stripe's events, stored before they are handled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, When, enum_type


class EventState(StrEnum):
    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"  # of a type that we don't use, or about nothing of ours
    REFUSED = "refused"  # about something of ours that doesn't match: an operator has to look into it
    FAILED = "failed"  # every attempt to handle it failed: an operator has to replay it


class StripeEvent(Base):
    """One row per event id, however often it is delivered. Its object is fetched again when it is handled.

    `attempts` counts the attempts to handle it; `next_try_at` is when the next one is due, and `note` says why the
    last one failed, what is wrong with the event, or why nothing was done. `livemode` and `api_version` are the
    event's own: Stripe's mode, and the API version of its object.
    """

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index(
            "ix_stripe_event_open",
            "state",
            "next_try_at",
            postgresql_where=text("state IN ('received', 'failed', 'refused')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(120))
    object_id: Mapped[str | None] = mapped_column(String(255))
    api_version: Mapped[str | None] = mapped_column(String(60))
    livemode: Mapped[bool | None]
    created_at: Mapped[When]
    received_at: Mapped[Created]
    state: Mapped[EventState] = mapped_column(enum_type(EventState), default=EventState.RECEIVED)
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())
    note: Mapped[str | None] = mapped_column(Text)
