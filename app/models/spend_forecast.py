"""What an organization is expected to spend, as of the last hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Float, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Micro, When
from app.models.scope import OrgScoped


class SpendForecast(OrgScoped, Base):
    """A forecast's profile (`app.billing.forecast.profile.Profile`), so that pages read one row and no hours.

    `began` is when the organization first spent anything, as far back as hours are kept. `slots` is None while that
    is too short ago to say anything, and what follows it means nothing then.
    """

    __tablename__ = "spend_forecast"

    made_at: Mapped[When]
    began: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    timezone: Mapped[str] = mapped_column(String(64))
    slots: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    day_ratio: Mapped[float] = mapped_column(Float)
    few_ratio: Mapped[float] = mapped_column(Float)
    spread: Mapped[float] = mapped_column(Float)
    surge_micro: Mapped[Micro]
    surge_until: Mapped[When]
