"""Counters of the rate limits, shared by all web processes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import When


class RateLimitCounter(Base):
    """How often something was tried in its window, which ends at `expires_at`."""

    __tablename__ = "rate_limit_counter"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[When]
