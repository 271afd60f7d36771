"""What Stripe told us, stored before it is handled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, When, enum_type


class EventState(StrEnum):
    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"  # of a kind that we don't use, or about nothing of ours
    REFUSED = "refused"  # about something of ours that doesn't match: someone has to look


class StripeEvent(Base):
    """One row per event id, however often it is delivered. Its object is fetched anew when it is handled."""

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(120))
    object_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[When]
    received_at: Mapped[Created]
    state: Mapped[EventState] = mapped_column(enum_type(EventState), default=EventState.RECEIVED)
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[str | None] = mapped_column(Text)
