"""Credit reserved for a call or a model session in progress."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
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
    """`key` is the platform's own name for the reservation: the same key never reserves twice, as long as the hold is
    there. Those that ended long ago are deleted.

    `amount_micro` is what it still reserves; usage that names the hold is drawn from that, and `used_micro` is what
    it has cost. A hold is a lease in slices: unless renewed by `expires_at` it ends, and what it still reserves is
    released. `slice` counts them, and `is_final` says that there was not enough credit for a whole one.

    `asked` is the request of the hold, and `slice_asked` that of its newest slice, to tell a repeated request from a
    different one with the same key; holds created before these were stored have neither. `destination` and its class
    are keys of the catalog, if the request said where the call goes.

    `set_aside_micro` is the part of `amount_micro` that is from the campaign's envelope, `envelope_id`. `is_inbound`:
    it is for an inbound call, and may use the reserve.

    `overdue_at` is when it was named as lasting unusually long, and until `expected_until` it isn't, because someone
    said that the call is still going on (`app.billing.wallet.overdue_calls`).
    """

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("org_id", "key"),
        CheckConstraint("amount_micro >= 0", name="amount_not_negative"),
        CheckConstraint("set_aside_micro BETWEEN 0 AND amount_micro", name="set_aside_within_amount"),
        Index("ix_hold_active", "org_id", "expires_at", postgresql_where=text("state = 'active'")),
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
    destination: Mapped[str | None] = mapped_column(String(60))
    destination_class: Mapped[str | None] = mapped_column(String(60))
    envelope_id: Mapped[UUID | None]
    set_aside_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    is_inbound: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    slice_asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Created]
    expires_at: Mapped[When]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    overdue_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expected_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def state_at(self, at: datetime) -> HoldState:
        """The state at a time: an expired lease has ended, whether or not that is recorded yet."""
        is_over = self.state is HoldState.ACTIVE and self.expires_at <= at
        return HoldState.EXPIRED if is_over else self.state


class HoldAllowance(OrgScoped, Base):
    """Units of an allowance (`meter`: a pool of meters, or one meter) of a billing period that an active hold has
    reserved: no other hold can. Usage that names the hold is drawn from them; they are released when the hold ends.

    `worth_micro` is what the units would cost beyond the allowance.
    """

    __tablename__ = "hold_allowance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "hold_id"], ["hold.org_id", "hold.id"], name="fk_hold_allowance_hold"
        ),
        CheckConstraint("reserved > 0", name="reserved_positive"),
    )

    period_start: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(primary_key=True)
    reserved: Mapped[int] = mapped_column(BigInteger)
    worth_micro: Mapped[Micro]
