"""Invitations to an organization."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, Words, enum_type
from app.models.organization import Role
from app.models.scope import OrgScoped


class InvitationEnd(StrEnum):
    """Why an invitation is no longer open."""

    ACCEPTED = "accepted"
    REPLACED = "replaced"  # by a newer one for the same address
    WITHDRAWN = "withdrawn"  # the address, or the person who invited it, was removed from the owners


class Invitation(OrgScoped, Base):
    """An invitation to a role in an organization; each address has at most one open at a time.

    Without `token_hash` no link was created yet: the address was listed as an owner. With it, the holder of the link
    may accept until `expires_at`, as the address it is for. Only the hash is stored: a leaked table gives no access.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_open",
            "org_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("uq_invitation_token_hash", "token_hash", unique=True),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[Words] = mapped_column(default="", server_default="")
    role: Mapped[Role] = mapped_column(enum_type(Role, "invitation_role"))
    invited_by: Mapped[Words]
    invited_by_id: Mapped[UUID | None]
    created_at: Mapped[Created]
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_as: Mapped[InvitationEnd | None] = mapped_column(enum_type(InvitationEnd))
