"""The wallet and its ledger: accounts, append-only transfers between them, and the history lines."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.ids import uuid7
from app.language import marked, translated
from app.models.columns import Created, Id, Micro, When, Words, enum_type
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


class AccountName(StrEnum):
    """The accounts of an organization. Each balance is credits minus debits; together they are always zero."""

    WALLET = "wallet"  # what we owe the organization in services
    STRIPE = "stripe"  # what came in through Stripe (negative: it holds our money)
    CALLING = "calling"  # revenue, by group of usage
    TELEPHONY = "telephony"
    MODELS = "models"
    ADJUSTMENTS = "adjustments"  # goodwill and corrections, at our cost
    PROMOTIONS = "promotions"  # promotional credit, at our cost
    EXPIRED = "expired"  # credit that was not used in time


class TransferKind(StrEnum):
    TOP_UP = "top_up"
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    USAGE = "usage"
    ADJUSTMENT = "adjustment"
    CREDIT = "credit"
    PROMOTION = "promotion"
    EXPIRY = "expiry"


class UsageGroup(StrEnum):
    """How usage is shown and accounted; each has a revenue account of its name."""

    CALLING = "calling"
    TELEPHONY = "telephony"
    MODELS = "models"

    @property
    def label(self) -> str:
        """What people call it, in the reader's language."""
        return translated(_GROUPS[self])

    @property
    def account(self) -> AccountName:
        return AccountName(self.value)


_GROUPS = {
    UsageGroup.CALLING: marked("Calling"),
    UsageGroup.TELEPHONY: marked("Telephony"),
    UsageGroup.MODELS: marked("Models"),
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


class Account(OrgScoped, Base):
    __tablename__ = "account"

    name: Mapped[AccountName] = mapped_column(enum_type(AccountName), primary_key=True)
    balance_micro: Mapped[Micro] = mapped_column(default=0)


class WalletLine(OrgScoped, Base):
    """A line of the wallet's history: one transfer, or one day's usage of one group.

    `seq` and `first_seq` are the positions of its newest and oldest transfer; `day` is the day of posting in the
    organization's zone. Lines are derived from transfers and always equal their sum. `corrects_seq` is the
    position of the transfer of usage that a correction is about.
    """

    __tablename__ = "wallet_line"
    __table_args__ = (
        UniqueConstraint("org_id", "seq"),
        Index(
            "uq_wallet_line_usage",
            "org_id",
            "day",
            "usage_group",
            unique=True,
            postgresql_where=text("usage_group IS NOT NULL"),
        ),
        Index("ix_wallet_line_kind", "org_id", "kind", "seq"),
        Index("ix_wallet_line_day", "org_id", "day", "seq"),
    )

    id: Mapped[Id]
    seq: Mapped[Micro]
    first_seq: Mapped[Micro]
    day: Mapped[date]
    at: Mapped[When]
    kind: Mapped[TransferKind] = mapped_column(enum_type(TransferKind))
    usage_group: Mapped[UsageGroup | None] = mapped_column(enum_type(UsageGroup))
    amount_micro: Mapped[Micro]
    top_up_id: Mapped[UUID | None]
    detail: Mapped[Words] = mapped_column(default="")
    corrects_seq: Mapped[int | None] = mapped_column(BigInteger)


class Transfer(OrgScoped, Base):
    """A movement from one account (debited) to another (credited). Never changed, never deleted.

    `seq` counts the organization's transfers without gaps; `balance_after_micro` is the wallet's balance and
    `line_after_micro` its history line's amount once this transfer was posted. `kind` and `source` name what caused
    it, and are unique, so that nothing is posted twice; but for usage, of which each event counts once already.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index(
            "uq_transfer_cause",
            "org_id",
            "kind",
            "source",
            unique=True,
            postgresql_where=text("kind <> 'usage'"),
        ),
        Index("ix_transfer_line", "org_id", "line_id", "seq"),
        CheckConstraint("amount_micro > 0", name="amount_positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        ForeignKeyConstraint(
            ["org_id", "debit"], ["account.org_id", "account.name"], name="fk_transfer_debit"
        ),
        ForeignKeyConstraint(
            ["org_id", "credit"], ["account.org_id", "account.name"], name="fk_transfer_credit"
        ),
        ForeignKeyConstraint(["org_id", "line_id"], ["wallet_line.org_id", "wallet_line.id"]),
    )

    seq: Mapped[Micro] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(default=uuid7)
    debit: Mapped[AccountName] = mapped_column(enum_type(AccountName, "debit"))
    credit: Mapped[AccountName] = mapped_column(enum_type(AccountName, "credit"))
    amount_micro: Mapped[Micro]
    balance_after_micro: Mapped[Micro]
    kind: Mapped[TransferKind] = mapped_column(enum_type(TransferKind))
    source: Mapped[str] = mapped_column(String(255))
    line_id: Mapped[UUID]
    line_after_micro: Mapped[Micro]
    posted_at: Mapped[When]
    recorded_at: Mapped[Created]


HAS_OWN_CAUSE = Transfer.kind != literal_column("'usage'")
"""With each condition on `Transfer.source`. The index of causes leaves out usage, and PostgreSQL uses it for a
statement that it has planned before only where that is said in the statement itself."""
