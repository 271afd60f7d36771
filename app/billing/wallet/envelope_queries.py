"""Which envelopes are open, and which have ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app.billing.wallet.envelope_terms import TooManyError, UnknownEnvelopeError
from app.clock import utc_now
from app.database.nested import Rows
from app.extensions import db
from app.models import Envelope

MOST_OPEN = 100
"""How many campaigns of an organization can have credit set aside at a time: they are shown on one page."""


def list_open(org_id: UUID, *, at: datetime | None = None) -> list[Envelope]:
    """The open envelopes, the one that ends first at the top. One statement.

    One whose day is over at `at`, or now, is not among them, whether or not that is recorded yet.
    """
    query = _open(select(Envelope))
    return list(db.session.scalars(query, {"of": org_id, "now": at or utc_now()}))


class OpenRow(msgspec.Struct):
    """What an open envelope has left for its campaign, in micro-units, until its last day."""

    campaign: str
    left_micro: int
    until: date


_OPEN_ROWS = Rows(OpenRow)


def column() -> ColumnElement[str | None]:
    """The same of the organization `of` at `now` as a column of another statement, which `list_read` reads."""
    return _OPEN_ROWS.column(_open(select(Envelope.campaign, Envelope.left_micro, Envelope.until)))


def list_read(column: str | None) -> list[OpenRow]:
    """The open envelopes that such a column has."""
    return _OPEN_ROWS.read(column)


def _open(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    is_open = Envelope.ended_at.is_(None), Envelope.ends_at > bindparam("now")
    return query.where(Envelope.org_id == bindparam("of"), *is_open).order_by(
        Envelope.ends_at, Envelope.campaign
    )


def check_one_more(org_id: UUID) -> None:
    """Raise `TooManyError` if as many envelopes are open as an organization can have. The wallet is locked."""
    query = select(func.count()).where(Envelope.org_id == org_id, Envelope.ended_at.is_(None))
    if (db.session.scalar(query) or 0) >= MOST_OPEN:
        raise TooManyError(f"An organization has at most {MOST_OPEN} open envelopes.")


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
