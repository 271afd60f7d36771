"""The versions of the catalog, and which plan of which version an organization has been on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, When
from app.models.scope import OrgScoped


class CatalogVersion(Base):
    """A catalog as it was stored; it never changes. From `announced_for` on, it applies to everyone; if None, only to
    plans chosen since."""

    __tablename__ = "catalog_version"

    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    synced_at: Mapped[Created]
    announced_for: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MeterGroup(Base):
    """The group that a meter is of, in every version of the catalog that has it."""

    __tablename__ = "meter_group"

    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    usage_group: Mapped[str] = mapped_column(String(20))


class PlanTerm(OrgScoped, Base):
    """From `starts_at` on, until the next term, usage is rated by this plan of this version of the catalog.

    Its allowances are for months counted from `anchor`; without one, from the subscription's, else by the calendar.
    """

    __tablename__ = "plan_term"
    __table_args__ = (Index("ix_plan_term_version", "version"),)

    starts_at: Mapped[When] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(ForeignKey("catalog_version.version"))
    anchor: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
