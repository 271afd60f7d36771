"""Whether an organization may call now: checked by the platform before each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam, select

from app.billing import catalog
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

    `reason` is why calling is paused.
    """

    state: CallingState
    reason: PauseReason | None
    paused_since: datetime | None
    missing: Money | None
    available: Money
    posted: Money
    held: Money
    version: int

    @property
    def may_call(self) -> bool:
        return self.state is not CallingState.PAUSED


def find(org_id: UUID) -> CallingStatus | None:
    """The status of an organization, from its wallet's row only; None if there is none.

    If a lease or credit has expired, that is recorded first: the caller commits.
    """
    asked: dict[str, Any] = {"wallet_of": org_id, "at": utc_now()}
    row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is not None and row.is_outdated:
        holds.expire(org_id, at=asked["at"])
        row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is None:
        return None
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
    )


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
        (leases.are_over(bindparam("at")) | expiry.is_due(bindparam("at"))).label("is_outdated"),
    ).where(Wallet.org_id == bindparam("wallet_of"))
