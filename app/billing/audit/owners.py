"""Whether who acts is an owner still. The role may be lost while a request waits for the wallet's lock."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing.audit.entries import Actor
from app.extensions import db
from app.models import Membership, Role


class NotOwnerError(PermissionError):
    """The person who acts is not an owner any more. Nothing was changed."""


def check(org_id: UUID, actor: Actor) -> None:
    """Check it for a person, with the wallet locked, before anything that lets cards be charged or more be spent.
    Programs and operators have no role. Raises `NotOwnerError`."""
    if actor.user_id is None:
        return
    query = select(Membership.role).where(Membership.org_id == org_id, Membership.user_id == actor.user_id)
    if db.session.scalar(query) is not Role.ORG_ADMIN:
        raise NotOwnerError
