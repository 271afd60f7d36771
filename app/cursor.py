"""Cursor pagination for lists by time, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a list by time ends: a row's time and unique id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Parse a cursor from a URL; None if it is invalid."""
        moment, _, rest = text.partition("-")
        try:
            return cls(datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), UUID(hex=rest))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, newest first, and the cursors of the previous and next page."""

    rows: Sequence[T]
    newer: Cursor | None
    older: Cursor | None


def page(
    wanted: Select[Any],
    at: InstrumentedAttribute[datetime],
    id_: InstrumentedAttribute[UUID],
    *,
    size: int,
    before: Cursor | None,
    after: Cursor | None,
) -> Page[Any]:
    """The rows of a query older than `before`, or newer than `after`, or the newest. Usually one statement.

    They are ordered by `at` and `id_`. If less than a page is newer, it is the newest page.
    """
    place = tuple_(at, id_)

    def cursor(row: Any) -> Cursor:
        return Cursor(getattr(row, at.key), getattr(row, id_.key))

    def read(query: Select[Any]) -> list[Any]:
        return list(db.session.scalars(query.limit(size + 1)))

    if after is not None:
        found = read(wanted.where(place > (after.at, after.id)).order_by(at, id_))[::-1]
        if len(found) > size:
            shown = found[1:]
            return Page(shown, cursor(shown[0]), cursor(shown[-1]))
        before = None
    if before is not None:
        wanted = wanted.where(place < (before.at, before.id))
    found = read(wanted.order_by(at.desc(), id_.desc()))
    shown = found[:size]
    return Page(
        shown,
        newer=cursor(shown[0]) if before is not None and shown else None,
        older=cursor(shown[-1]) if len(found) > size else None,
    )
