"""Requests that no one has to decide any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.extensions import db
from app.models import LimitRequest, RequestState


def close_requests(org_id: UUID, limit_id: UUID, at: datetime) -> None:
    """Close a waiting request for more of a limit, because the limit is gone. Only with the wallet locked."""
    waiting = (
        LimitRequest.org_id == org_id,
        LimitRequest.limit_id == limit_id,
        LimitRequest.state == RequestState.WAITING,
    )
    db.session.execute(
        update(LimitRequest).where(*waiting).values(state=RequestState.OBSOLETE, decided_at=at)
    )
