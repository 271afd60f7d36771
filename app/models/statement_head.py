"""Statement headers of past months."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Words
from app.models.scope import OrgScoped


class StatementHead(OrgScoped, Base):
    """The organization as it was at the end of the month that begins on `month`; `billed` are the lines that say who
    is billed.

    Stored when something in it changes, for the months before: a month without a row uses the current data.
    """

    __tablename__ = "statement_head"

    month: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Words]
    timezone: Mapped[str] = mapped_column(String(64))
    billed: Mapped[list[str]] = mapped_column(ARRAY(Text))
