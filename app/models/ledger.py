"""The ledger of a wallet: accounts, append-only transfers between them, and the history lines."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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
