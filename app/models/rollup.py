"""What was used and posted on a day, added up from events and transfers a moment after they were written."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Micro
from app.models.scope import OrgScoped


class UsageRollup(OrgScoped, Base):
    """What was posted on one day of one meter, by whom and where it was used. What is unknown is empty.

    `calls` counts each call once, on the day and in the row of its first event. The rest are the sums of events, as
    in `UsageDaily`, and corrections are separate rows.
    """

    __tablename__ = "usage_rollup"
    __table_args__ = tuple(
        Index(f"ix_usage_rollup_{name}", "org_id", name, "posted_on", postgresql_where=text(f"{name} <> ''"))
        for name in ("campaign", "agent", "number", "direction", "country")
    )

    posted_on: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(255), primary_key=True)
    agent: Mapped[str] = mapped_column(String(255), primary_key=True)
    number: Mapped[str] = mapped_column(String(255), primary_key=True)
    direction: Mapped[str] = mapped_column(String(8), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    is_correction: Mapped[bool] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    included: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]
    events: Mapped[int] = mapped_column(BigInteger)
    calls: Mapped[int] = mapped_column(BigInteger)


class HistoryRollup(OrgScoped, Base):
    """The lines of the wallet's history of one day and kind: how many, and what they add up to, signed.

    `usage_group` is empty for what isn't usage.
    """

    __tablename__ = "history_rollup"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    usage_group: Mapped[str] = mapped_column(String(20), primary_key=True)
    lines: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]


class RollupMark(OrgScoped, Base):
    """How far an organization is added up: events posted before `events_until`, and transfers up to `last_seq`."""

    __tablename__ = "rollup_mark"

    events_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_seq: Mapped[Micro] = mapped_column(default=0, server_default=text("0"))
