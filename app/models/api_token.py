"""Bearer tokens of the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Words


class ApiToken(Base):
    """One token. Only its hash is stored, so a leaked table gives no access.

    `org_id` is the organization that it is for; None means the whole platform, so the table isn't scoped by
    organization. `scopes` are those of `app.people.tokens.Scope`; `networks` are those that it was used from, newest
    last.
    """

    __tablename__ = "api_token"

    id: Mapped[Id]
    name: Mapped[Words]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    created_at: Mapped[Created]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
