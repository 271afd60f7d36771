"""Credit reserved for a call or a model session in progress."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, When, enum_type
from app.models.scope import OrgScoped


class HoldState(StrEnum):
    ACTIVE = "active"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class Hold(OrgScoped, Base):
    """`key` is the platform's own name for the reservation: the same key never reserves twice.

    `amount_micro` is what it still reserves; usage that names the hold takes from that, and `used_micro` says how
    much it has cost. A hold is a lease in slices: without a word until `expires_at` it ends, and what it still
    reserves is free again. `slice` counts them, and `is_final` says that credit did not reach for a whole one.
    """

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("org_id", "key"),
        CheckConstraint("amount_micro >= 0", name="amount_not_negative"),
        Index("ix_hold_active", "org_id", "created_at", postgresql_where=text("state = 'active'")),
        Index("ix_hold_lease", "expires_at", postgresql_where=text("state = 'active'")),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(255))
    amount_micro: Mapped[Micro]
    used_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    slice: Mapped[int] = mapped_column(default=1, server_default="1")
    is_final: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[HoldState] = mapped_column(enum_type(HoldState), default=HoldState.ACTIVE)
    call: Mapped[str | None] = mapped_column(String(255))
    agent: Mapped[str | None] = mapped_column(String(255))
    campaign: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[Created]
    expires_at: Mapped[When]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
