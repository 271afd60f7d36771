"""What organizations spend by the hour, and up to which transfer that is counted."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Micro, When
from app.models.scope import OrgScoped


class SpendHour(OrgScoped, Base):
    """What usage took from the wallet in one hour, which begins at `hour`.

    `amount_micro` is what was posted in it. `corrected_micro` is what corrections of usage of that hour have changed
    since, whenever they arrived; below zero where they returned credit. `first_seq` is the hour's oldest transfer of
    usage, 0 where only corrections are known of it.
    """

    __tablename__ = "spend_hour"

    hour: Mapped[When] = mapped_column(primary_key=True)
    amount_micro: Mapped[Micro]
    corrected_micro: Mapped[Micro] = mapped_column(default=0, server_default=text("0"))
    first_seq: Mapped[Micro]


class SpendCount(OrgScoped, Base):
    """The organization's newest transfer that `spend_hour` includes, and when that was counted."""

    __tablename__ = "spend_count"

    seq: Mapped[Micro]
    counted_at: Mapped[When]
