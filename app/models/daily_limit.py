"""Daily limits of top-ups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.scope import OrgScoped


class DailyLimit(OrgScoped, Base):
    """The most that an organization tops up in 24 hours, where it differs from the catalog's limit.

    In micro-units; None where nothing was chosen. `own_micro` is what an owner chose, and `raised_micro` replaces it
    from `raised_at` on, because raising it takes a while. `operator_micro` is what an operator allows in place of the
    catalog's limit.
    """

    __tablename__ = "daily_limit"
    __table_args__ = (
        CheckConstraint("own_micro >= 0 AND raised_micro >= 0 AND operator_micro >= 0", name="not_negative"),
        CheckConstraint("(raised_micro IS NULL) = (raised_at IS NULL)", name="raised_at_a_time"),
    )

    own_micro: Mapped[int | None] = mapped_column(BigInteger)
    raised_micro: Mapped[int | None] = mapped_column(BigInteger)
    raised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    operator_micro: Mapped[int | None] = mapped_column(BigInteger)
