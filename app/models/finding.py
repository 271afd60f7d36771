"""What comparing with Stripe has found and someone has to look at, from when it was found until it is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import When


class Finding(Base):
    """What is wrong with one `object` of Stripe's, in sentences (`text`), since `found_at`.

    `told_at` is when operators were last mailed of it. `gone_at` is since when it is found no more: that is mailed
    too, and then the row is removed. `accepted_text` is what an operator has looked at and left as it is; where the
    text becomes another, it is a finding again.
    """

    __tablename__ = "finding"

    object: Mapped[str] = mapped_column(String(255), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    found_at: Mapped[When]
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_text: Mapped[str | None] = mapped_column(Text)

    @property
    def is_accepted(self) -> bool:
        return self.accepted_text == self.text
