"""Limits on spend, what counts toward them, requests for more, and the destinations that owners have opened."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, When, Words, enum_type
from app.models.scope import OrgScoped
from app.money import Money


class LimitSubject(StrEnum):
    """Whose spend a limit counts."""

    ORGANIZATION = "organization"
    CAMPAIGN = "campaign"
    AGENT = "agent"
    DESTINATION_CLASS = "destination_class"


class LimitWindow(StrEnum):
    """The time in which a limit counts spend, in the organization's time zone. A week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class LimitOrigin(StrEnum):
    """Who set a limit. The platform loosens and removes only its own."""

    OWNER = "owner"
    PLATFORM = "platform"


class RequestState(StrEnum):
    """The state of a request for more."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    OBSOLETE = "obsolete"  # the limit was removed, or raised otherwise


class SpendingLimit(OrgScoped, Base):
    """The most that a subject may spend in a window. It `stops` new calls, or only tells.

    `name` is that of the campaign, agent or class; empty for the organization. Until `raised_until` the limit is
    `raised_micro`, if it was raised for a while. `told_percent` is what was told of the window that began at
    `told_window`: 80 or 100. `version` grows with each change by a person or a program.
    """

    __tablename__ = "spending_limit"
    __table_args__ = (
        UniqueConstraint("org_id", "subject", "name", "window", "stops"),
        CheckConstraint("amount_micro >= 0 AND raised_micro >= 0", name="not_negative"),
        CheckConstraint("(raised_micro IS NULL) = (raised_until IS NULL)", name="raised_until_a_time"),
    )

    id: Mapped[Id]
    subject: Mapped[LimitSubject] = mapped_column(enum_type(LimitSubject, "subject"))
    name: Mapped[str] = mapped_column(String(255), default="")
    window: Mapped[LimitWindow] = mapped_column(enum_type(LimitWindow, "window"))
    stops: Mapped[bool]
    amount_micro: Mapped[Micro]
    raised_micro: Mapped[int | None] = mapped_column(BigInteger)
    raised_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    origin: Mapped[LimitOrigin] = mapped_column(enum_type(LimitOrigin, "origin"))
    told_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    told_window: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]

    def micro_at(self, at: datetime) -> int:
        """The limit in force at a time, in micro-units."""
        if self.raised_micro is not None and self.raised_until is not None and at < self.raised_until:
            return self.raised_micro
        return self.amount_micro


class LimitCount(OrgScoped, Base):
    """What a subject has spent since `window_start`, by when it was posted. Kept for what has a limit or a ceiling
    only. Changed with the wallet locked."""

    __tablename__ = "limit_count"

    subject: Mapped[LimitSubject] = mapped_column(enum_type(LimitSubject, "subject"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    window: Mapped[LimitWindow] = mapped_column(enum_type(LimitWindow, "window"), primary_key=True)
    window_start: Mapped[When]
    spent_micro: Mapped[Micro]


class LimitRequest(OrgScoped, Base):
    """Someone asks to raise a limit to `wanted_micro`, until a time; without one, until the window ends in which it
    is approved. `asked_by` and `decided_by` are names as in the audit trail."""

    __tablename__ = "limit_request"
    __table_args__ = (
        CheckConstraint("wanted_micro > 0", name="wanted_positive"),
        Index("ix_limit_request_created", "org_id", "created_at"),
        Index(
            "uq_limit_request_waiting",
            "org_id",
            "limit_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[Id]
    limit_id: Mapped[UUID]
    wanted_micro: Mapped[Micro]
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[Words] = mapped_column(default="")
    asked_by: Mapped[Words]
    state: Mapped[RequestState] = mapped_column(
        enum_type(RequestState, "state"), default=RequestState.WAITING
    )
    created_at: Mapped[Created]
    decided_by: Mapped[Words] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def wanted(self, currency: str) -> Money:
        return Money(self.wanted_micro, currency)

    @property
    def as_text(self) -> str:
        """What is asked for, to know it again: how much, and until when."""
        return f"{self.wanted_micro} {self.until.astimezone(UTC).isoformat() if self.until else '-'}"


class OpenedDestination(OrgScoped, Base):
    """A destination of a high class that an owner has opened, by its key in the catalog."""

    __tablename__ = "opened_destination"

    destination: Mapped[str] = mapped_column(String(60), primary_key=True)
    opened_by: Mapped[Words]
    opened_at: Mapped[Created]
