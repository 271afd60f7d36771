"""Reconciliation runs, and what they found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, When


class ReconciliationRun(Base):
    """One comparison with Stripe, from `since` on.

    `checked` counts what was compared, by kind; `fixed` is what was fixed, `findings` what needs attention: each with
    the id of an `object` at Stripe and a `text`. `last_event_id` is where the next run continues reading events.
    `error` is set if the run could not be finished. `database_history` is that of the database when it began
    (`app.database.history`).
    """

    __tablename__ = "reconciliation_run"

    id: Mapped[Id]
    since: Mapped[When]
    started_at: Mapped[Created]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_event_id: Mapped[str | None] = mapped_column(String(255))
    checked: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    fixed: Mapped[list[dict[str, str]]] = mapped_column("mended", JSONB, default=list)
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    error: Mapped[str | None] = mapped_column(Text)
    database_history: Mapped[str | None] = mapped_column(String(60))
