"""What was used, in totals by day. Pages read these, never single events."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Micro
from app.models.scope import OrgScoped


class UsageDaily(OrgScoped, Base):
    """Usage of one meter on one day by one campaign and agent.

    `day` is the day of use and `posted_on` that of posting, both in the organization's zone: what came late is
    told apart. Quantities are in the meter's own unit (seconds, messages, tokens), `included` what the plan's
    allowance covered of it.
    """

    __tablename__ = "usage_daily"
    __table_args__ = (Index("ix_usage_daily_posted", "org_id", "posted_on"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    agent: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    posted_on: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    included: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]


class Allowance(OrgScoped, Base):
    """How much of a meter's allowance a billing period has used."""

    __tablename__ = "allowance"

    period_start: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)


class ResourceCount(OrgScoped, Base):
    """How many agents, phone numbers and so on an organization has, as the platform reports them."""

    __tablename__ = "resource_count"

    resource: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]


class UsageReport(OrgScoped, Base):
    """That a report of usage was charged: the same report again costs nothing, not even its allowance."""

    __tablename__ = "usage_report"

    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    recorded_at: Mapped[Created]
