"""Whether an organization may call now: checked by the platform before each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam, select

from app.billing import catalog
from app.billing.catalog import Destination
from app.billing.limits import Call, DestinationClosedError, LimitStanding
from app.billing.limits.check import find_reached
from app.billing.wallet import calling_state, holds, leases
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.lots import expiry
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, Wallet
from app.money import Money


@dataclass(frozen=True, slots=True)
class CallingStatus:
    """`missing` is the smallest top-up that resumes calling; `version` grows with every change of the rest.

    `reason` is why calling is paused. `limit` stops new calls like the one that was asked about, and `closed` is
    where it goes if no owner has opened that.
    """

    state: CallingState
    reason: PauseReason | None
    paused_since: datetime | None
    missing: Money | None
    available: Money
    posted: Money
    held: Money
    version: int
    limit: LimitStanding | None = None
    closed: Destination | None = None

    @property
    def may_call(self) -> bool:
        """Whether a call like the one that was asked about may start."""
        return self.state is not CallingState.PAUSED and self.limit is None and self.closed is None


def find(org_id: UUID, call: Call | None = None) -> CallingStatus | None:
    """The status of an organization for such a call; None if there is no organization.

    From its wallet's row only, unless there are limits, or the call goes to where it is guarded. If a lease or credit
    has expired, that is recorded first: the caller commits.
    """
    asked: dict[str, Any] = {"wallet_of": org_id, "at": utc_now()}
    row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is not None and row.is_outdated:
        holds.expire(org_id, at=asked["at"])
        row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is None:
        return None
    limit, closed = _stopped(org_id, call or Call(), asked["at"], counts_spend=row.counts_spend)
    available = Money(row.posted_micro - row.held_micro, row.currency)
    return CallingStatus(
        state=row.state,
        reason=calling_state.reason_of(row.posted_micro, row.held_micro),
        paused_since=row.paused_at,
        missing=calling_state.missing_to_call(available, least=catalog.current().top_up.minimum),
        available=available,
        posted=Money(row.posted_micro, row.currency),
        held=Money(row.held_micro, row.currency),
        version=row.version,
        limit=limit,
        closed=closed,
    )


def _stopped(
    org_id: UUID, call: Call, at: datetime, *, counts_spend: bool
) -> tuple[LimitStanding | None, Destination | None]:
    try:
        return find_reached(org_id, call, at, counts_spend=counts_spend), None
    except DestinationClosedError as error:
        return None, error.destination


@cache
def _of_wallet() -> Executable:
    """Built once, because it runs before each call."""
    return select(
        Wallet.currency,
        Wallet.posted_micro,
        Wallet.held_micro,
        Wallet.state,
        Wallet.paused_at,
        Wallet.version,
        Wallet.counts_spend,
        (leases.are_over(bindparam("at")) | expiry.is_due(bindparam("at"))).label("is_outdated"),
    ).where(Wallet.org_id == bindparam("wallet_of"))
