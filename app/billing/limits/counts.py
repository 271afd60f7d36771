"""Counting what is spent, for what has a limit or a ceiling. Only with the wallet locked.

There is one row for each subject and kind of window, of the newest window in which something was spent. Spend counts
by when it is posted, as in the ledger, so late usage never opens a window that is over, and corrections count as what
they change.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.billing.limits import windows
from app.billing.limits.windows import Window
from app.clock import utc_now
from app.extensions import db, driver_connection
from app.models import LimitSubject, LimitWindow

_LATE = timedelta(days=1)
"""Usage reported later than this isn't looked for where an hour is counted for the first time."""

_START = """
INSERT INTO limit_count (org_id, subject, name, "window", window_start, spent_micro)
VALUES (%(org_id)s, %(subject)s, %(name)s, %(kind)s, %(start)s, %(spent)s)
ON CONFLICT (org_id, subject, name, "window") DO UPDATE SET window_start = excluded.window_start,
    spent_micro = excluded.spent_micro"""
_KNOWN = """
SELECT window_start, spent_micro FROM limit_count
WHERE org_id = %(org_id)s AND subject = %(subject)s AND name = %(name)s AND "window" = %(kind)s"""
_BY_DAY = """
SELECT sum(amount_micro)::bigint FROM usage_by_meter WHERE org_id = %(org_id)s AND posted_on >= %(first_day)s"""
_BY_DAY_AND_NAME = """
SELECT sum(calling_micro + telephony_micro + models_micro)::bigint FROM usage_by_name
WHERE org_id = %(org_id)s AND kind = %(subject)s AND posted_on >= %(first_day)s AND name = %(name)s"""
_BY_EVENT = """
SELECT sum(amount_micro)::bigint FROM usage_event
WHERE org_id = %(org_id)s AND posted_at >= %(start)s AND at >= %(since)s"""
_BY_HOLD = """
SELECT sum(used_micro)::bigint FROM hold
WHERE org_id = %(org_id)s AND created_at >= %(start)s AND destination_class = %(name)s"""
_ALL = 'SELECT subject, name, "window" FROM limit_count WHERE org_id = %s ORDER BY 1, 2, 3'
_ANY = "SELECT FROM limit_count WHERE org_id = %s LIMIT 1"
_FORGET = """
DELETE FROM limit_count
WHERE org_id = %(org_id)s AND subject = %(subject)s AND name = %(name)s AND "window" = %(kind)s"""
_OF_SUBJECT = {
    LimitSubject.ORGANIZATION: "",
    LimitSubject.CAMPAIGN: " AND campaign = %(name)s",
    LimitSubject.AGENT: " AND agent = %(name)s",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: an organization's spend on a subject, by a kind of window, in its time zone."""

    org_id: UUID
    subject: LimitSubject
    name: str
    kind: LimitWindow
    zone: ZoneInfo

    def window(self, at: datetime) -> Window:
        """The window that a time is in."""
        return windows.find(self.kind, self.zone, at)

    def _values(self, at: datetime) -> dict[str, object]:
        start = self.window(at).start
        return {
            "org_id": self.org_id,
            "subject": self.subject.value,
            "name": self.name,
            "kind": self.kind.value,
            "start": start,
            "since": start - _LATE,
            "first_day": windows.first_day(self.kind, at.astimezone(self.zone).date()),
        }


def spent(one: Counted, at: datetime) -> int:
    """What has been spent in the window, in micro-units: as counted, or as usage says where it isn't counted yet."""
    db.session.flush()
    values = one._values(at)
    row = driver_connection().execute(_KNOWN, values).fetchone()
    if row is None:
        return _so_far(one, values)
    start, micro = row
    return int(micro) if start >= values["start"] else 0


def start(one: Counted, at: datetime) -> None:
    """Begin to count, with what has been spent in the window so far; nothing if it is counted already."""
    db.session.flush()
    values = one._values(at)
    if driver_connection().execute(_KNOWN, values).fetchone() is None:
        _write(one, values)


def _write(one: Counted, values: dict[str, object]) -> None:
    driver_connection().execute(_START, values | {"spent": _so_far(one, values)})


def _so_far(one: Counted, values: dict[str, object]) -> int:
    """Read from usage. Days are those on which it was posted. Of a destination class, the calls count that began
    within the window."""
    if one.subject is LimitSubject.DESTINATION_CLASS:
        query = _BY_HOLD
    elif one.kind is LimitWindow.HOUR:
        query = _BY_EVENT + _OF_SUBJECT[one.subject]
    else:
        query = _BY_DAY if one.subject is LimitSubject.ORGANIZATION else _BY_DAY_AND_NAME
    row = driver_connection().execute(query, values).fetchone()
    return int(row[0] or 0) if row else 0


def recount(org_id: UUID, zone: ZoneInfo, at: datetime) -> None:
    """Count again everything that is counted, because the organization's windows are in another zone now."""
    db.session.flush()
    for one in _list(org_id, zone):
        _write(one, one._values(at))


def forget(org_id: UUID, zone: ZoneInfo, kept: Collection[tuple[LimitSubject, str, LimitWindow]]) -> None:
    """Count no more what is in none of `kept`, except destination classes, which may have a ceiling."""
    db.session.flush()
    for one in _list(org_id, zone):
        if (
            one.subject is not LimitSubject.DESTINATION_CLASS
            and (one.subject, one.name, one.kind) not in kept
        ):
            driver_connection().execute(_FORGET, one._values(utc_now()))


def is_any(org_id: UUID) -> bool:
    """Whether anything is counted."""
    return driver_connection().execute(_ANY, [org_id]).fetchone() is not None


def _list(org_id: UUID, zone: ZoneInfo) -> list[Counted]:
    rows = driver_connection().execute(_ALL, [org_id]).fetchall()
    return [Counted(org_id, LimitSubject(row[0]), row[1], LimitWindow(row[2]), zone) for row in rows]
