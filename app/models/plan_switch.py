"""Switches of plan."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Json, Micro, When, enum_type
from app.models.scope import OrgScoped
from app.models.subscription import Interval
from app.money import Money


class SwitchStatus(StrEnum):
    """The status of a switch. `switching`, `action` and `declined` may still be made at Stripe."""

    REVIEW = "review"  # chosen, shown for review, nothing changed
    SWITCHING = "switching"  # requested, and its outcome is not known yet
    ACTION = "action"  # waiting for a payment that the bank wants confirmed (3-D Secure)
    DECLINED = "declined"  # waiting for payment with another card
    DONE = "done"  # made, or scheduled for the end of the period
    CANCELED = "canceled"  # canceled or expired: the old plan stays


OPEN_SWITCH = (SwitchStatus.SWITCHING, SwitchStatus.ACTION, SwitchStatus.DECLINED)
"""Requested at Stripe, and not over yet."""


class PlanSwitch(OrgScoped, Base):
    """A change to `plan` of a version of the catalog, paid by the `interval`: `is_at_once`, or else at the end of
    the period.

    `due_micro` is what its preview of `previewed_at` said would be charged at most, and `preview` the breakdown;
    `charged_micro` is what was charged, once known. `based_on` identifies the subscription's state at that time: if
    it has changed, the switch is previewed again. `attempt` counts the requests to Stripe: with the id it makes their
    idempotency keys. `note` is why it ended, if it did not succeed. `replaces_…` is what was scheduled when it was
    confirmed, and is removed once it is made: a schedule, or a cancellation (at period end, or at a given time). An
    organization has at most one open switch.
    """

    __tablename__ = "plan_switch"
    __table_args__ = (
        Index(
            "uq_plan_switch_open",
            "org_id",
            unique=True,
            postgresql_where=text("status IN ('switching', 'action', 'declined')"),
        ),
    )

    id: Mapped[Id]
    plan: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(60))
    interval: Mapped[Interval] = mapped_column(String(5))
    is_at_once: Mapped[bool]
    status: Mapped[SwitchStatus] = mapped_column(enum_type(SwitchStatus), default=SwitchStatus.REVIEW)
    attempt: Mapped[int] = mapped_column(default=0)
    based_on: Mapped[str] = mapped_column(Text)
    previewed_at: Mapped[When]
    due_micro: Mapped[Micro]
    charged_micro: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    preview: Mapped[Json] = mapped_column(JSONB)
    replaces_schedule_id: Mapped[str | None] = mapped_column(String(255))
    replaces_ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    replaces_with_period: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    payment_method_id: Mapped[UUID | None]
    invoice_id: Mapped[str | None] = mapped_column(String(255))
    payment_intent_id: Mapped[str | None] = mapped_column(String(255))
    decline_code: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[Created]
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def due(self) -> Money:
        return Money(self.due_micro, self.currency)

    @property
    def charged(self) -> Money | None:
        return None if self.charged_micro is None else Money(self.charged_micro, self.currency)
