"""The catalog's ceilings of destination classes: the most that any organization spends on one in an hour.

They stand as limits do, but no one sets or raises them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Row, text

from app.billing import catalog
from app.billing.catalog import DestinationClass
from app.billing.limits import windows
from app.billing.limits.standing import LimitStanding, spent_in
from app.database.nested import Rows
from app.extensions import db
from app.models import LimitSubject, LimitWindow
from app.money import Money

_COUNTED = text("""
SELECT counted.name, counted.window_start, counted.spent_micro, organization.timezone,
    (SELECT coalesce(sum(hold.amount_micro), 0)::bigint FROM hold
     WHERE hold.org_id = counted.org_id AND hold.state = 'active' AND hold.destination_class = counted.name) AS held
FROM limit_count counted JOIN organization ON organization.id = counted.org_id
WHERE counted.org_id = :of AND counted.subject = 'destination_class' AND counted."window" = 'hour'
ORDER BY counted.name""")


class _Row(msgspec.Struct):
    """What is counted of a class, and held by calls to it, as the statement has its columns."""

    name: str
    window_start: datetime
    spent_micro: int
    timezone: str
    held: int


_ROWS = Rows(_Row)


def gather(org_id: UUID, at: datetime) -> list[LimitStanding]:
    """The ceilings of the classes that the organization has called. One statement."""
    return _standings((_Row(*row) for row in db.session.execute(_COUNTED, {"of": org_id})), at)


def column() -> ColumnElement[str | None]:
    """What is counted of the organization `of` as a column of another statement, which `list_read` reads."""
    return _ROWS.column(_COUNTED.columns(*_ROWS.named()))


def list_read(column: str | None, at: datetime) -> list[LimitStanding]:
    """The ceilings that such a column has, as `gather` returns them."""
    return _standings(_ROWS.read(column), at)


def _standings(rows: Iterable[_Row], at: datetime) -> list[LimitStanding]:
    classes = catalog.current().destinations.classes
    found = (of(classes[row.name], row, at) for row in rows if row.name in classes)
    return [one for one in found if one is not None]


def of(class_: DestinationClass, row: _Row | Row[Any], at: datetime) -> LimitStanding | None:
    """How the ceiling of a class stands by a row with what is counted and held; None without a ceiling."""
    if class_.hourly is None:
        return None
    window = windows.find(LimitWindow.HOUR, ZoneInfo(row.timezone), at)
    currency = class_.hourly.currency
    return LimitStanding(
        limit_id=None,
        subject=LimitSubject.DESTINATION_CLASS,
        name=class_.key,
        kind=LimitWindow.HOUR,
        stops=True,
        amount=class_.hourly,
        usual=class_.hourly,
        raised_until=None,
        spent=Money(spent_in(window, row.window_start, row.spent_micro), currency),
        held=Money(row.held, currency),
        window=window,
    )
