"""The wallet: an organization's credit, and whether it may start calls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.language import marked, translated
from app.models.columns import Micro, enum_type
from app.models.scope import OrgScoped
from app.money import Money


class CallingState(StrEnum):
    """Whether an organization may start calls."""

    ACTIVE = "active"
    LOW = "low"
    PAUSED = "paused"

    @property
    def label(self) -> str:
        """What people call it, in the reader's language."""
        return translated(_STATES[self])


_STATES = {
    CallingState.ACTIVE: marked("Active"),
    CallingState.LOW: marked("Low balance"),
    CallingState.PAUSED: marked("Paused"),
}


class Wallet(OrgScoped, Base):
    """An organization's credit. This row is the lock for every movement of money.

    `posted` is the sum of the wallet's transfers, `held` what calls in progress have reserved; what can still be
    spent is the difference, without `set_aside`: what campaigns' envelopes have that no call in progress holds.
    `set_aside_held` is the part of `held` that is from envelopes; `envelope_ends_at` is when the first open envelope
    ends, None where none is open. `reserve` is the floor of available credit that only inbound calls may spend, zero
    without one; with `reserve_rent_days` it follows the rent of so many days. `is_outbound_paused`: available credit
    is at that floor. `version` grows with every change that a page could show. `is_low` says that the credit
    has fallen below the alert and has not recovered since (`app.billing.wallet.calling_state`). `watch_micro` is the
    highest amount below which something begins, and `recovery_micro` the lowest from which something that has begun
    can begin again (`app.billing.wallet.watches`); None where there is none.

    `credit_expires_at` is when the next of its lots expires, and `drawn_seq` the newest transfer that was drawn from
    them (`app.billing.wallet.lots`).
    `counts_spend` says that there are limits to count spend for (`app.billing.limits`). `terms_version` grows with
    all that decides how usage is rated: plan, months, zone, currency (triggers raise it).
    """

    __tablename__ = "wallet"
    __table_args__ = (
        CheckConstraint("held_micro >= 0", name="held_not_negative"),
        CheckConstraint(
            "set_aside_micro >= 0 AND set_aside_held_micro >= 0 AND reserve_micro >= 0",
            name="aside_not_negative",
        ),
        Index(
            "ix_wallet_credit_expires",
            "credit_expires_at",
            postgresql_where=text("credit_expires_at IS NOT NULL"),
        ),
    )

    currency: Mapped[str] = mapped_column(String(3))
    posted_micro: Mapped[Micro] = mapped_column(default=0)
    held_micro: Mapped[Micro] = mapped_column(default=0)
    set_aside_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    set_aside_held_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    envelope_ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reserve_micro: Mapped[Micro] = mapped_column(default=0, server_default="0")
    reserve_rent_days: Mapped[int | None]
    is_outbound_paused: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    low_threshold_micro: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[CallingState] = mapped_column(enum_type(CallingState), default=CallingState.ACTIVE)
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_low: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    watch_micro: Mapped[int | None] = mapped_column(BigInteger)
    recovery_micro: Mapped[int | None] = mapped_column(BigInteger)
    last_seq: Mapped[Micro] = mapped_column(default=0)
    last_posted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[Micro] = mapped_column(default=1)
    credit_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    drawn_seq: Mapped[Micro] = mapped_column(default=0, server_default="0")
    counts_spend: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    terms_version: Mapped[Micro] = mapped_column(default=0, server_default="0")

    @property
    def posted(self) -> Money:
        return Money(self.posted_micro, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_micro, self.currency)

    @property
    def available(self) -> Money:
        return Money(self.posted_micro - self.held_micro - self.set_aside_micro, self.currency)

    @property
    def set_aside(self) -> Money:
        return Money(self.set_aside_micro, self.currency)

    @property
    def reserve(self) -> Money:
        return Money(self.reserve_micro, self.currency)

    @property
    def low_threshold(self) -> Money | None:
        if self.low_threshold_micro is None:
            return None
        return Money(self.low_threshold_micro, self.currency)
