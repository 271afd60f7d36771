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
        size=size,
        before=None if before is None else (before.at, before.id),
        after=None if after is None else (after.at, after.id),
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
        size=size,
        before=None if before is None else (before,),
        after=None if after is None else (after,),
    )


def _page(
    wanted: Select[Any],
    order: tuple[InstrumentedAttribute[Any], ...],
    cursor: Callable[[Any], C],
    *,
    size: int,
    before: tuple[Any, ...] | None,
    after: tuple[Any, ...] | None,
) -> Page[Any, C]:
    place = tuple_(*order)

    def read(query: Select[Any]) -> list[Any]:
        return list(db.session.scalars(query.limit(size + 1)))

    if after is not None:
        found = read(wanted.where(place > after).order_by(*order))[::-1]
        if len(found) > size:
            shown = found[1:]
            return Page(shown, cursor(shown[0]), cursor(shown[-1]))
        before = None
    if before is not None:
        wanted = wanted.where(place < before)
    found = read(wanted.order_by(*(column.desc() for column in order)))
    shown = found[:size]
    return Page(
        shown,
        newer=cursor(shown[0]) if before is not None and shown else None,
        older=cursor(shown[-1]) if len(found) > size else None,
    )
