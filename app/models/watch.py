"""What waits for available credit to fall or to recover."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Micro
from app.models.scope import OrgScoped


class WatchKind(StrEnum):
    """What a watch is for. Each kind has its jobs in `app.billing.wallet.watches`."""

    AUTO_TOP_UP = "auto_top_up"
    ALERT = "alert"


class WalletWatch(OrgScoped, Base):
    """A watch fires when available credit falls below `under_micro`, and waits from then on until it's armed again.

    That happens by itself when available credit is `recovers_micro` or more; with None, only the code that is behind
    the kind arms it again. `name` tells watches of one kind apart. `fired_at` is None while a watch is armed.
    """

    __tablename__ = "wallet_watch"
    __table_args__ = (CheckConstraint("recovers_micro >= under_micro", name="recovers_above"),)

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    under_micro: Mapped[Micro]
    recovers_micro: Mapped[int | None] = mapped_column(BigInteger)
    fired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
