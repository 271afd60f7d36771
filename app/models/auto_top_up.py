"""Auto top-up: what owners have set and agreed to, and what was charged without them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, Words, enum_type
from app.models.scope import OrgScoped


class OffReason(StrEnum):
    """Why auto top-up is off after it was on."""

    OWNER = "owner"
    FAILURES = "failures"  # several tries in a row ended without a charge
    DISPUTE = "dispute"  # a cardholder disputes an automatic charge


class AttemptOutcome(StrEnum):
    """What came of charging a card without its owner."""

    PAID = "paid"
    FINAL = "final"  # the bank will decline this card again
    CONFIRMATION = "confirmation"  # the bank asks the payer, who isn't there
    DECLINED = "declined"  # the same card may pay later
    NOT_TRIED = "not_tried"  # the request never reached the bank


class AutoTopUp(OrgScoped, Base):
    """An organization's auto top-up: below `threshold_micro` of available credit, its cards are charged what brings
    it back to `target_micro`, at most `cap_micro` in a calendar month.

    `consent_id` is what an owner agreed to last. `version` grows with each change of the settings. `failures` counts
    tries in a row that ended without a charge; `next_try_at` is when it's tried again. `refused_for` is why the last
    charge was refused before any card was asked; `off_reason` is why it is off.
    """

    __tablename__ = "auto_top_up"
    __table_args__ = (
        CheckConstraint("threshold_micro > 0 AND target_micro > threshold_micro", name="target_above"),
        CheckConstraint("cap_micro > 0", name="cap_positive"),
        ForeignKeyConstraint(
            ["org_id", "consent_id"],
            ["auto_top_up_consent.org_id", "auto_top_up_consent.id"],
            name="fk_auto_top_up_consent",
        ),
    )

    is_on: Mapped[bool]
    threshold_micro: Mapped[Micro]
    target_micro: Mapped[Micro]
    cap_micro: Mapped[Micro]
    consent_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused_for: Mapped[str | None] = mapped_column(String(40))
    refused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    off_reason: Mapped[OffReason | None] = mapped_column(enum_type(OffReason, "off_reason"))
    off_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AutoTopUpCard(OrgScoped, Base):
    """A card that auto top-up charges; `position` 1 first. A card that was saved again counts as its newest row."""

    __tablename__ = "auto_top_up_card"
    __table_args__ = (
        UniqueConstraint("org_id", "payment_method_id"),
        CheckConstraint("position > 0", name="position_positive"),
        ForeignKeyConstraint(["org_id", "payment_method_id"], ["payment_method.org_id", "payment_method.id"]),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payment_method_id: Mapped[UUID]


class AutoTopUpConsent(OrgScoped, Base):
    """What an owner agreed to: who, when, from which address, in exactly which words, with which settings. Never
    changed, never deleted."""

    __tablename__ = "auto_top_up_consent"

    id: Mapped[Id]
    user_id: Mapped[UUID | None]
    by: Mapped[Words]
    address: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[Created]
    words: Mapped[Words]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AutoTopUpAttempt(OrgScoped, Base):
    """A card that was charged for a top-up without its owner: the attempt of this number. `outcome` is None while it
    isn't known.

    `charge_before` is the charge that the payment had before, if any: unless there is another one afterward, the
    bank was never asked.
    """

    __tablename__ = "auto_top_up_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "top_up_id"], ["top_up.org_id", "top_up.id"]),
        ForeignKeyConstraint(["org_id", "payment_method_id"], ["payment_method.org_id", "payment_method.id"]),
    )

    top_up_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payment_method_id: Mapped[UUID]
    charge_before: Mapped[str | None] = mapped_column(String(255))
    outcome: Mapped[AttemptOutcome | None] = mapped_column(enum_type(AttemptOutcome, "outcome"))
    code: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Created]
