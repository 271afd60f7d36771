"""Switches of plan: one wish of a person's each."""

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
    """Where a switch stands. `switching`, `action` and `declined` may still be made at Stripe."""

    REVIEW = "review"  # chosen, shown for review, nothing changed
    SWITCHING = "switching"  # asked for, and its end is not known yet
    ACTION = "action"  # waits for a payment that the bank wants confirmed (3-D Secure)
    DECLINED = "declined"  # waits for its payment: another card may make it
    DONE = "done"  # made; or planned, where it is for the end of the period
    CANCELED = "canceled"  # given up, or expired: the plan before it stays


class PlanSwitch(OrgScoped, Base):
    """A change to `plan` of a version of the catalog, paid by the `interval`: `is_at_once`, or else at the end of
    the period.

    `due_micro` is what its preview of `previewed_at` said would be charged at most, and `preview` how that comes
    about; `charged_micro` is what its payment took, once that is known. `based_on` names the subscription as it was
    then: confirmed on another one, it is previewed again. `attempt` counts the requests to Stripe: with the id it
    makes their idempotency keys. `note` is why it ended, where it did not succeed. `replaces_…` is what was planned
    when it was confirmed, and goes once it is made: a schedule, or an end (with the period, or at a time of its own).
    One at most is on its way at Stripe, of an organization.
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
