"""What Stripe told us, stored before it is handled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, When, enum_type


class EventState(StrEnum):
    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"  # of a kind that we don't use, or about nothing of ours
    REFUSED = "refused"  # about something of ours that doesn't match: someone has to look
    FAILED = "failed"  # every try to handle it failed: someone has to look, and replay it


class StripeEvent(Base):
    """One row per event id, however often it is delivered. Its object is fetched anew when it is handled.

    `attempts` counts the tries to handle it that failed; `next_try_at` is when the next one is due, and `note` says
    why the last one failed or what is wrong with the event.
    """

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index(
            "ix_stripe_event_open", "received_at", postgresql_where=text("state IN ('received', 'failed')")
        ),
    )

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(120))
    object_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[When]
    received_at: Mapped[Created]
    state: Mapped[EventState] = mapped_column(enum_type(EventState), default=EventState.RECEIVED)
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[str | None] = mapped_column(Text)
