"""What happened in an organization, in the order of time: its money, its plan, who did what, and what it was told.

Each part is read by its own index, a page of it; the page is the newest of all parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_, union_all

from app import cursor
from app.cursor import Cursor, Page
from app.extensions import db
from app.models import Organization
from app.money import Money
from app.operators.timeline_parts import Part, query_of

PAGE = 50


BUSY = frozenset({Part.HOLDS})
"""Of these there is one for each call: they are shown where they are asked for only."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `amount` is signed where it moved the wallet's credit. `subject` is an id or a name,
    `note` what else is known, `details` those of an entry of the audit trail."""

    part: Part
    at: datetime
    id: UUID
    what: str
    subject: str
    state: str
    note: str
    actor: str
    amount: Money | None
    details: dict[str, Any]

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.at, self.id)


def page(
    organization: Organization,
    part: Part | None = None,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
    size: int = PAGE,
) -> Page[Happening, Cursor]:
    """What is older than `before`, or newer than `after`, or the newest. One statement, usually."""
    parts = [part] if part is not None else [one for one in Part if one not in BUSY]

    def read(before: Cursor | None, after: Cursor | None, limit: int) -> Sequence[Happening]:
        some = [_some(query_of(one, organization.id), before, after, limit) for one in parts]
        every = union_all(*some).subquery()
        place = (every.c.at, every.c.id) if after is not None else (every.c.at.desc(), every.c.id.desc())
        rows = db.session.execute(select(every).order_by(*place).limit(limit))
        return [_happening(row, organization.currency) for row in rows]

    return cursor.page_by(read, lambda one: one.cursor, size=size, before=before, after=after)


def _some(query: Select[Any], before: Cursor | None, after: Cursor | None, limit: int) -> Any:
    at, id_ = query.selected_columns.at, query.selected_columns.id
    place = tuple_(at, id_)
    if before is not None:
        query = query.where(place < tuple_(before.at, before.id))
    if after is not None:
        query = query.where(place > tuple_(after.at, after.id))
    order = (at, id_) if after is not None else (at.desc(), id_.desc())
    return query.order_by(*order).limit(limit)


def _happening(row: Any, currency: str) -> Happening:
    amount = Money(row.amount, currency) if row.amount is not None else None
    return Happening(
        Part(row.part),
        row.at,
        row.id,
        row.what,
        row.subject,
        row.state,
        row.note,
        row.actor,
        amount,
        row.details or {},
    )
