"""Cursor pagination for lists by time or by position, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db

T = TypeVar("T")
C = TypeVar("C")


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
class Page(Generic[T, C]):
    """Some rows, newest first, and the cursors of the previous and next page."""

    rows: Sequence[T]
    newer: C | None
    older: C | None


def page(
    wanted: Select[Any],
    at: InstrumentedAttribute[datetime],
    id_: InstrumentedAttribute[UUID],
    *,
    size: int,
    before: Cursor | None,
    after: Cursor | None,
) -> Page[Any, Cursor]:
    """The rows of a query older than `before`, or newer than `after`, or the newest. Usually one statement.

    They are ordered by `at` and `id_`. If less than a page is newer, it is the newest page.
    """
    return _page(
        wanted,
        (at, id_),
        lambda row: Cursor(getattr(row, at.key), getattr(row, id_.key)),
        lambda place: (place.at, place.id),
        size=size,
        before=before,
        after=after,
    )


def page_by_position(
    wanted: Select[Any],
    position: InstrumentedAttribute[int],
    *,
    size: int,
    before: int | None,
    after: int | None,
) -> Page[Any, int]:
    """As `page`, of rows that have a number of their own, which is their cursor."""
    return _page(
        wanted,
        (position,),
        lambda row: int(getattr(row, position.key)),
        lambda place: (place,),
        size=size,
        before=before,
        after=after,
    )


def page_by(
    read: Callable[[C | None, C | None, int], Sequence[T]],
    cursor: Callable[[T], C],
    *,
    size: int,
    before: C | None,
    after: C | None,
) -> Page[T, C]:
    """As `page`, of whatever `read` reads: so many rows older than the first of its arguments, newest first, or newer
    than the second, oldest first."""
    if after is not None:
        found = list(read(None, after, size + 1))[::-1]
        if len(found) > size:
            shown = found[1:]
            return Page(shown, cursor(shown[0]), cursor(shown[-1]))
        before = None
    found = list(read(before, None, size + 1))
    shown = found[:size]
    return Page(
        shown,
        newer=cursor(shown[0]) if before is not None and shown else None,
        older=cursor(shown[-1]) if len(found) > size else None,
    )


def _page(
    wanted: Select[Any],
    order: tuple[InstrumentedAttribute[Any], ...],
    cursor: Callable[[Any], C],
    place_of: Callable[[C], tuple[Any, ...]],
    *,
    size: int,
    before: C | None,
    after: C | None,
) -> Page[Any, C]:
    place = tuple_(*order)

    def read(before: C | None, after: C | None, limit: int) -> list[Any]:
        if after is not None:
            query = wanted.where(place > place_of(after)).order_by(*order)
        else:
            query = wanted if before is None else wanted.where(place < place_of(before))
            query = query.order_by(*(column.desc() for column in order))
        return list(db.session.scalars(query.limit(limit)))

    return page_by(read, cursor, size=size, before=before, after=after)
