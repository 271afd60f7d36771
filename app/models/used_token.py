"""Tokens of the shell that were used."""

from __future__ import annotations

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import When


class UsedToken(Base):
    """A token that signed someone in, kept by the hash of its issuer and id until it expires: it does so once."""

    __tablename__ = "used_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[When] = mapped_column(DateTime(timezone=True), index=True)
