"""How limits stand: what has been spent in their windows, and what calls in progress reserve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, text

from app.billing.limits import windows
from app.billing.limits.windows import Window
from app.database.nested import Rows
from app.extensions import db
from app.models import LimitOrigin, LimitSubject, LimitWindow
from app.money import Money

_LIMITS = """
SELECT one.id, one.subject, one.name, one."window", one.stops, one.origin, one.version, one.amount_micro,
    one.raised_micro, one.raised_until, counted.window_start, counted.spent_micro,
    organization.timezone, organization.currency,
    (SELECT coalesce(sum(hold.amount_micro), 0)::bigint FROM hold
     WHERE hold.org_id = one.org_id AND hold.state = 'active' AND CASE one.subject
        WHEN 'organization' THEN true WHEN 'campaign' THEN hold.campaign = one.name
        WHEN 'agent' THEN hold.agent = one.name ELSE hold.destination_class = one.name END) AS held
FROM spending_limit one JOIN organization ON organization.id = one.org_id
LEFT JOIN limit_count counted ON counted.org_id = one.org_id AND counted.subject = one.subject
    AND counted.name = one.name AND counted."window" = one."window"
WHERE one.org_id = :of{among}
ORDER BY one.subject <> 'organization', one.subject, one.name, one.created_at, one.id"""
_AMONG = """ AND EXISTS (
    SELECT FROM unnest(CAST(:subjects AS text[]), CAST(:names AS text[])) AS asked (subject, name)
    WHERE asked.subject = one.subject AND asked.name = one.name)"""
_ALL, _SOME = text(_LIMITS.format(among="")), text(_LIMITS.format(among=_AMONG))


class _Row(msgspec.Struct):
    """A limit with what is counted and held, as the statement has its columns."""

    id: UUID
    subject: str
    name: str
    window: str
    stops: bool
    origin: str
    version: int
    amount_micro: int
    raised_micro: int | None
    raised_until: datetime | None
    window_start: datetime | None
    spent_micro: int | None
    timezone: str
    currency: str
    held: int


_ROWS = Rows(_Row)


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """A limit and what counts toward it now: what has been `spent` in its window, and what is `held` by calls in
    progress.

    `usual` is the limit once a raise ends at `raised_until`, if there is one. `limit_id` and `origin` are None for
    the catalog's ceiling of a destination class.
    """

    limit_id: UUID | None
    subject: LimitSubject
    name: str
    kind: LimitWindow
    stops: bool
    amount: Money
    usual: Money
    raised_until: datetime | None
    spent: Money
    held: Money
    window: Window
    origin: LimitOrigin | None = None
    version: int = 0

    @property
    def counted(self) -> Money:
        """What counts toward it."""
        return self.spent + self.held

    @property
    def left(self) -> Money:
        """What can still be reserved."""
        return max(self.amount - self.counted, Money.zero(self.amount.currency))

    @property
    def is_reached(self) -> bool:
        """Whether nothing is left of it."""
        return self.counted >= self.amount

    @property
    def refuses_all(self) -> bool:
        """Whether no new call of its subject may start, whatever it would cost."""
        return self.stops and self.is_reached

    @property
    def turns_at(self) -> datetime | None:
        """When time alone may let calls start again, or stop them as a raise ends; None if it changes nothing."""
        if not self.stops:
            return None
        times = [self.window.end] if self.is_reached else []
        if self.raised_until is not None and (self.counted >= self.usual) != self.is_reached:
            times.append(self.raised_until)
        return min(times, default=None)

    @property
    def percent(self) -> int:
        """How much of it counts already, in whole percent; more than 100 where it was exceeded."""
        if not self.amount.micro:
            return 100
        return max(self.counted.micro, 0) * 100 // self.amount.micro


def gather(
    org_id: UUID, at: datetime, *, subjects: Mapping[LimitSubject, str] | None = None
) -> list[LimitStanding]:
    """The limits of an organization, or those of some subjects by their names. One statement.

    It can only be relied on while the wallet is locked, with its expired leases settled.
    """
    asked: dict[str, Any] = {"of": org_id}
    if subjects is not None:
        asked |= {"subjects": [str(subject) for subject in subjects], "names": list(subjects.values())}
    rows = db.session.execute(_ALL if subjects is None else _SOME, asked)
    return [_standing(_Row(*row), at) for row in rows]


def column() -> ColumnElement[str | None]:
    """All limits of the organization `of` as a column of another statement, which `list_read` reads."""
    return _ROWS.column(_ALL.columns(*_ROWS.named()))


def list_read(column: str | None, at: datetime) -> list[LimitStanding]:
    """The limits that such a column has, as `gather` returns them."""
    return [_standing(row, at) for row in _ROWS.read(column)]


def find(org_id: UUID, limit_id: UUID, at: datetime) -> LimitStanding | None:
    """One limit; None if there is none with this id."""
    return next((one for one in gather(org_id, at) if one.limit_id == limit_id), None)


def _standing(row: _Row, at: datetime) -> LimitStanding:
    kind = LimitWindow(row.window)
    window = windows.find(kind, ZoneInfo(row.timezone), at)
    raised = row.raised_micro if row.raised_until is not None and at < row.raised_until else None
    return LimitStanding(
        limit_id=row.id,
        subject=LimitSubject(row.subject),
        name=row.name,
        kind=kind,
        stops=row.stops,
        amount=Money(row.amount_micro if raised is None else raised, row.currency),
        usual=Money(row.amount_micro, row.currency),
        raised_until=row.raised_until if raised is not None else None,
        spent=Money(spent_in(window, row.window_start, row.spent_micro), row.currency),
        held=Money(row.held, row.currency),
        window=window,
        origin=LimitOrigin(row.origin),
        version=row.version,
    )


def spent_in(window: Window, counted_from: datetime | None, micro: int | None) -> int:
    """What a count says of a window: nothing if it is of an earlier one. A count of a later one remains from a clock
    that has gone back since."""
    if counted_from is None or micro is None or counted_from < window.start:
        return 0
    return micro
