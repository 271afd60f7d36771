"""The audit trail as owners read it: newest first, page by page, by person, by action and by days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, tuple_

from app import cursor
from app.cursor import Cursor, Page
from app.extensions import db
from app.models import AuditEvent, Organization

PAGE = 50
PIECE = 500
"""How many entries an export reads at a time."""
MOST_PEOPLE = 200
"""The most people in the filter's list."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters by actor, by actions, by days in the organization's zone, both ends included."""

    actor: str | None = None
    actions: frozenset[str] | None = None
    first_day: date | None = None
    last_day: date | None = None


def page(
    organization: Organization,
    filters: Filters,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
) -> Page[AuditEvent, Cursor]:
    """The lines older than `before`, or newer than `after`, or the newest."""
    wanted = _filtered(organization, filters)
    return cursor.page(wanted, AuditEvent.at, AuditEvent.id, size=PAGE, before=before, after=after)


def list_all_records(organization: Organization, filters: Filters) -> Iterator[AuditEvent]:
    """All lines that the filters select, newest first, read in chunks, for export."""
    wanted = _filtered(organization, filters).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    found = _read(wanted, PIECE)
    while found:
        yield from found
        last = found[-1]
        older = tuple_(AuditEvent.at, AuditEvent.id) < (last.at, last.id)
        found = _read(wanted.where(older), PIECE) if len(found) == PIECE else []


def people(organization: Organization) -> list[str]:
    """The names of all actors: people, programs and parts of the service."""
    query = select(AuditEvent.actor).where(AuditEvent.org_id == organization.id).distinct()
    return list(db.session.scalars(query.order_by(AuditEvent.actor).limit(MOST_PEOPLE)))


def _filtered(organization: Organization, filters: Filters) -> Select[Any]:
    query = select(AuditEvent).where(AuditEvent.org_id == organization.id)
    if filters.actor is not None:
        query = query.where(AuditEvent.actor == filters.actor)
    if filters.actions is not None:
        query = query.where(AuditEvent.action.in_(filters.actions))
    zone = ZoneInfo(organization.timezone)
    if filters.first_day is not None:
        query = query.where(AuditEvent.at >= datetime.combine(filters.first_day, time(), zone))
    if filters.last_day is not None:
        day_after = filters.last_day + timedelta(days=1)
        query = query.where(AuditEvent.at < datetime.combine(day_after, time(), zone))
    return query


def _read(query: Select[Any], count: int) -> list[AuditEvent]:
    return list(db.session.scalars(query.limit(count)))
