"""Finding an organization's top-up, to look at it or to change it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import TopUp


class UnknownTopUpError(LookupError):
    """The organization has no such top-up."""


def find(org_id: UUID, top_up_id: UUID) -> TopUp:
    """The organization's top-up of this id. Raises `UnknownTopUpError`."""
    top_up = db.session.get(TopUp, (org_id, top_up_id), populate_existing=True)
    if top_up is None:
        raise UnknownTopUpError(str(top_up_id))
    return top_up


def lock(org_id: UUID, top_up_id: UUID) -> TopUp:
    """The same, locked until the transaction ends; the wallet is locked before it. Raises `UnknownTopUpError`."""
    query = select(TopUp).where(TopUp.org_id == org_id, TopUp.id == top_up_id).with_for_update()
    found = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if found is None:
        raise UnknownTopUpError(str(top_up_id))
    return found
