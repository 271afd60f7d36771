"""What lets the platform in: bearer tokens of the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Words


class ApiToken(Base):
    """One token. Anyone who calls holds its secret; here is its hash alone, so a leaked table opens nothing.

    `org_id` is the one organization that it is for; without one it is the platform's, for all of them, so the table
    is scoped to none. `scopes` are those of `app.people.tokens.Scope`.
    """

    __tablename__ = "api_token"

    id: Mapped[Id]
    name: Mapped[Words]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
