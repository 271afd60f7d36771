"""API responses that are returned again when a request is repeated."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Json, When


class StoredResponse(Base):
    """The response to a request with an `Idempotency-Key`, written in the transaction of what the request
    changed.

    `org_id` is the organization of the caller's token, or `NO_ONE` for the platform's, so it is not scoped to
    one. `fingerprint` is of method, address and body: the same key with another request is refused. The stored
    `body` is encrypted (`app.api.idempotency`). Deleted after `expires_at`.
    """

    __tablename__ = "kept_answer"

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    headers: Mapped[Json] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[When] = mapped_column(index=True)
