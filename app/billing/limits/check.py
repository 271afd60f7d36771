"""Whether a call may start: the one place that holds and statuses ask.

Called with the wallet locked, so calls that start at the same moment can't exceed a limit together. Only new calls
are checked: one in progress is renewed, whatever limits say, and finishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from app.billing.catalog import Destination, DestinationClass
from app.billing.limits import ceilings, counts, standing
from app.billing.limits.calls import Call
from app.billing.limits.counts import Counted
from app.billing.limits.standing import LimitStanding
from app.extensions import db
from app.models import Wallet
from app.money import Money

_DESTINATION = """
SELECT organization.timezone, counted.window_start, counted.spent_micro,
    (SELECT coalesce(sum(hold.amount_micro), 0)::bigint FROM hold
     WHERE hold.org_id = organization.id AND hold.state = 'active' AND hold.destination_class = :class) AS held,
    EXISTS (SELECT FROM opened_destination opened
            WHERE opened.org_id = organization.id AND opened.destination = :destination) AS is_opened
FROM organization
LEFT JOIN limit_count counted ON counted.org_id = organization.id AND counted.subject = 'destination_class'
    AND counted.name = :class AND counted."window" = 'hour'
WHERE organization.id = :org_id"""


class LimitReachedError(Exception):
    """A limit doesn't leave what the call would reserve, or nothing at all. Nothing was reserved."""

    def __init__(self, limit: LimitStanding, call: Call, needed: Money) -> None:
        super().__init__(f"The limit leaves {limit.left}, and this call needs {needed}.")
        self.limit = limit
        self.call = call
        self.needed = needed


class DestinationClosedError(Exception):
    """No owner has opened a destination of a high class. Nothing was reserved."""

    def __init__(self, destination: Destination, class_: DestinationClass) -> None:
        super().__init__(f"{destination.key} is closed until an owner opens it.")
        self.destination = destination
        self.class_ = class_


def check(wallet: Wallet, call: Call, needed: Money, at: datetime) -> None:
    """Raise `LimitReachedError` or `DestinationClosedError` if a call that needs so much may not start.

    The wallet is locked, and its expired leases are settled. No statement where the organization has no limits and
    the destination isn't guarded, or isn't known.
    """
    if call.is_guarded:
        _check_destination(wallet, call, needed, at)
    if wallet.counts_spend:
        found = standing.gather(wallet.org_id, at, subjects=call.subjects)
        _refuse([one for one in found if one.stops and _exceeds(one, needed)], call, needed)


def find_reached(org_id: UUID, call: Call, at: datetime, *, counts_spend: bool) -> LimitStanding | None:
    """The limit by which no such call may start now, whatever it would cost; None if there is none.

    Raises `DestinationClosedError`. For information: a hold is what decides.
    """
    reached = []
    if call.is_guarded:
        ceiling, _ = _ceiling(org_id, call, at)
        reached += [ceiling] if ceiling is not None and ceiling.refuses_all else []
    if counts_spend:
        reached += [one for one in standing.gather(org_id, at, subjects=call.subjects) if one.refuses_all]
    return _longest(reached)


def _check_destination(wallet: Wallet, call: Call, needed: Money, at: datetime) -> None:
    ceiling, row = _ceiling(wallet.org_id, call, at)
    if ceiling is None:
        return
    _refuse([ceiling] if _exceeds(ceiling, needed) else [], call, needed)
    if row.window_start is None:
        zone = ZoneInfo(row.timezone)
        counts.start(Counted(wallet.org_id, ceiling.subject, ceiling.name, ceiling.kind, zone), at)
        wallet.counts_spend = True


def _ceiling(org_id: UUID, call: Call, at: datetime) -> tuple[LimitStanding | None, Row[Any]]:
    """The ceiling of a guarded call's destination, and the row that it was read from. One statement.

    Raises `DestinationClosedError`.
    """
    destination, class_ = call.destination, call.destination_class
    if destination is None or class_ is None:
        raise ValueError("A call without a destination isn't guarded.")
    asked = {"org_id": org_id, "destination": destination.key, "class": class_.key}
    row = db.session.execute(text(_DESTINATION), asked).one()
    if class_.opened_by_owner and not row.is_opened:
        raise DestinationClosedError(destination, class_)
    return ceilings.of(class_, row, at), row


def _exceeds(limit: LimitStanding, needed: Money) -> bool:
    return limit.is_reached or needed > limit.left


def _refuse(limits: Sequence[LimitStanding], call: Call, needed: Money) -> None:
    found = _longest(limits)
    if found is not None:
        raise LimitReachedError(found, call, needed)


def _longest(limits: Sequence[LimitStanding]) -> LimitStanding | None:
    """Of several limits, the one that lasts longest: before it starts again, no call is possible."""
    return max(limits, key=lambda one: one.window.lasts, default=None)
