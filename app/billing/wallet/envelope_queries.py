"""Which envelopes are open, and which have ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing.wallet.envelope_terms import UnknownEnvelopeError
from app.clock import utc_now
from app.extensions import db
from app.models import Envelope


def list_open(org_id: UUID, *, at: datetime | None = None) -> list[Envelope]:
    """The open envelopes, the one that ends first at the top. One statement.

    One whose day is over at `at`, or now, is not among them, whether or not that is recorded yet.
    """
    query = (
        select(Envelope)
        .where(Envelope.org_id == org_id, Envelope.ended_at.is_(None), Envelope.ends_at > (at or utc_now()))
        .order_by(Envelope.ends_at, Envelope.campaign)
    )
    return list(db.session.scalars(query))


def list_ended(org_id: UUID, *, limit: int) -> list[Envelope]:
    """The envelopes that ended last, newest end first. One statement."""
    query = (
        select(Envelope)
        .where(Envelope.org_id == org_id, Envelope.ended_at.is_not(None))
        .order_by(Envelope.ended_at.desc(), Envelope.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def find(org_id: UUID, envelope_id: UUID) -> Envelope:
    """The envelope with this id, open or not. Raises `UnknownEnvelopeError`."""
    found = db.session.get(Envelope, (org_id, envelope_id))
    if found is None:
        raise UnknownEnvelopeError("There is no such envelope.")
    return found


def find_open(org_id: UUID, campaign: str) -> Envelope | None:
    """The campaign's open envelope."""
    query = select(Envelope).where(
        Envelope.org_id == org_id, Envelope.campaign == campaign, Envelope.ended_at.is_(None)
    )
    return db.session.scalar(query)
