"""Who people are at an identity provider, and browsers that were sent there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, When, Words, enum_type


class ExternalIdentity(Base):
    """Who a person is at an issuer, such as an identity provider: `subject` is its name for them, which never becomes
    another person's there. A person has at most one at each."""

    __tablename__ = "external_identity"
    __table_args__ = (
        Index("uq_external_identity_issuer_subject", "issuer", "subject", unique=True),
        Index("uq_external_identity_user_id_issuer", "user_id", "issuer", unique=True),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    issuer: Mapped[Words]
    subject: Mapped[Words]
    created_at: Mapped[Created]
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class VisitPurpose(StrEnum):
    """What a browser was sent to the provider for. What comes back serves for nothing else."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"
    CONFIRM = "confirm"


class ProviderVisit(Base):
    """A browser that was sent to the provider, deleted when it comes back.

    `browser_hash` is the hash of a secret in the browser's session. `nonce` and `verifier` are worth nothing without
    the code that only that browser brings, and the client's secret.
    """

    __tablename__ = "provider_visit"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    purpose: Mapped[VisitPurpose] = mapped_column(enum_type(VisitPurpose))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    nonce: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str] = mapped_column(Text)
    way_back: Mapped[str] = mapped_column(Text)
    began_at: Mapped[When]
    expires_at: Mapped[When] = mapped_column(DateTime(timezone=True), index=True)
