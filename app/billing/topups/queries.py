"""Finding an organization's top-up, to look at it or to change it."""

from __future__ import annotations

from app.billing.purchases import Rows
from app.models import TopUp


class UnknownTopUpError(LookupError):
    """The organization has no such top-up."""


_rows = Rows(TopUp, UnknownTopUpError)

find = _rows.find
lock = _rows.lock
locked = _rows.locked
find_stale = _rows.find_stale
