"""Filters of the history that a person saved by name."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id
from app.models.scope import OrgScoped


class SavedView(OrgScoped, Base):
    """A person's own, in one organization. `query` is what the history's address says, and is read like that."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("org_id", "user_id", "name", name="uq_saved_view_name"),
        Index("ix_saved_view_user_id", "user_id"),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]
