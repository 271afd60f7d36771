"""Findings of reconciliation for operators, from when they were found until they are resolved."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import When


class Finding(Base):
    """What is wrong with one `object` of Stripe's, as text, since `found_at`.

    `told_at` is when operators were last emailed about it. `gone_at` is when it was resolved: that is emailed too,
    and then the row is deleted. `accepted_text` is the text that an operator accepted; `accepted_by`, `accepted_at`
    and `accepted_reason` say who, when and why. If the text changes, it is a finding again.
    """

    __tablename__ = "finding"

    object: Mapped[str] = mapped_column(String(255), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    found_at: Mapped[When]
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_text: Mapped[str | None] = mapped_column(Text)
    accepted_by: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def seal(self) -> str:
        """Stands for the text: who acts on it says with this which one they have read."""
        return blake2b(self.text.encode(), digest_size=12).hexdigest()

    @property
    def is_accepted(self) -> bool:
        return self.accepted_text == self.text
