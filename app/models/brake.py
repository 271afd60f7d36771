"""The brake of auto top-up: what it stopped and asked, and what was answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Micro, enum_type
from app.models.scope import OrgScoped


class BrakeAnswer(StrEnum):
    """What came of a stop."""

    ONCE = "once"  # go on this time
    FOR_GOOD = "for_good"  # go on, and don't ask about as much again
    SWITCHED_OFF = "switched_off"  # auto top-up was switched off instead


class BrakeStop(OrgScoped, Base):
    """Automatic charges are stopped until someone answers: the last hour took `spent_micro`, where `usual_micro` is
    usual and `most_micro` the most within the band.

    `is_known` says whether there was enough of a past to tell what is usual. `spenders` are the campaigns and agents
    that took the most. An answer is given once: with `once` charges continue until `until`, and with either only
    while an hour takes at most `up_to_micro`.
    """

    __tablename__ = "brake_stop"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_time"),
        CheckConstraint("(answer = 'once') = (until IS NOT NULL) OR answer IS NULL", name="once_ends"),
        Index("uq_brake_stop_open", "org_id", unique=True, postgresql_where=text("answered_at IS NULL")),
    )

    id: Mapped[Id]
    at: Mapped[Created]
    spent_micro: Mapped[Micro]
    usual_micro: Mapped[Micro]
    most_micro: Mapped[Micro]
    is_known: Mapped[bool]
    spenders: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answer: Mapped[BrakeAnswer | None] = mapped_column(enum_type(BrakeAnswer, "answer"))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(String(60))
    up_to_micro: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Brake(OrgScoped, Base):
    """An organization's own brake, where it differs from the settings.

    `accepted_micro` is what an hour may take without anyone being asked, because an owner said so for good. The
    others are an operator's: how many automatic charges an hour and a day may have, and the floor of the band.
    """

    __tablename__ = "brake"
    __table_args__ = (
        CheckConstraint("charges_per_hour > 0 AND charges_per_day > 0", name="charges_positive"),
        CheckConstraint("accepted_micro > 0 AND floor_micro >= 0", name="amounts_not_negative"),
    )

    accepted_micro: Mapped[int | None] = mapped_column(BigInteger)
    charges_per_hour: Mapped[int | None] = mapped_column(Integer)
    charges_per_day: Mapped[int | None] = mapped_column(Integer)
    floor_micro: Mapped[int | None] = mapped_column(BigInteger)
