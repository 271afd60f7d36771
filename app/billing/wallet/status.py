"""Whether an organization may call now: checked by the platform before each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam, exists, false, func, or_, select

from app.billing import catalog
from app.billing.catalog import Destination
from app.billing.limits import Call, DestinationClosedError, LimitStanding
from app.billing.limits.check import find_reached
from app.billing.wallet import calling_state, envelope_moves, holds, leases
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit
from app.billing.wallet.envelope_moves import OpenEnvelope
from app.billing.wallet.lots import expiry
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeStop, CallingState, Wallet
from app.money import Money


@dataclass(frozen=True, slots=True)
class CallingStatus:
    """`missing` is the smallest top-up that resumes calling; `version` grows with every change of the rest.

    `reason` is why calling is paused. `limit` stops new calls like the one that was asked about, and `closed` is
    where it goes if no owner has opened that. `envelope` is that of its campaign, None if it has none.
    With `is_auto_top_up_stopped` automatic charges wait for an owner's answer (`app.billing.brake`).
    """

    state: CallingState
    reason: PauseReason | None
    paused_since: datetime | None
    missing: Money | None
    available: Money
    posted: Money
    held: Money
    set_aside: Money
    reserve: Money
    version: int
    limit: LimitStanding | None = None
    closed: Destination | None = None
    envelope: OpenEnvelope | None = None
    is_auto_top_up_stopped: bool = False

    @property
    def may_call(self) -> bool:
        """Whether a call like the one that was asked about may start: on available credit, or on the envelope of its
        campaign."""
        has_credit = self.state is not CallingState.PAUSED or self.has_envelope_credit
        return has_credit and self.limit is None and self.closed is None

    @property
    def may_call_out(self) -> bool:
        """The same for an outbound call, which available credit pays for above the reserve only."""
        return self.may_call and (self.available > self.reserve or self.has_envelope_credit)

    @property
    def has_envelope_credit(self) -> bool:
        return self.envelope is not None and self.envelope.left > 0


def find(org_id: UUID, call: Call | None = None, *, at: datetime | None = None) -> CallingStatus | None:
    """The status of an organization at `at`, or now, for such a call; None if there is no organization.

    From its wallet's row only, unless there are limits, the call goes to where it is guarded, or it is a campaign's
    and an envelope is open. If a lease, an envelope or credit has expired, that is recorded first: the caller
    commits.
    """
    asked: dict[str, Any] = {"wallet_of": org_id, "at": at or utc_now()}
    row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is not None and row.is_outdated:
        holds.expire(org_id, at=asked["at"])
        row = db.session.execute(_of_wallet(), asked).one_or_none()
    if row is None:
        return None
    limit, closed = _stopped(org_id, call or Call(), asked["at"], counts_spend=row.counts_spend)
    credit = Credit(
        row.posted_micro, row.held_micro, row.set_aside_micro, row.set_aside_held_micro, row.reserve_micro
    )
    available = Money(credit.available, row.currency)
    return CallingStatus(
        state=row.state,
        reason=calling_state.reason_of(credit),
        paused_since=row.paused_at,
        missing=calling_state.missing_to_call(available, least=catalog.current().top_up.minimum),
        available=available,
        posted=Money(row.posted_micro, row.currency),
        held=Money(row.held_micro, row.currency),
        set_aside=Money(row.set_aside_micro, row.currency),
        reserve=Money(row.reserve_micro, row.currency),
        version=row.version,
        limit=limit,
        closed=closed,
        envelope=_envelope(org_id, call) if row.envelope_ends_at is not None else None,
        is_auto_top_up_stopped=row.is_auto_top_up_stopped,
    )


def _envelope(org_id: UUID, call: Call | None) -> OpenEnvelope | None:
    if call is None or call.campaign is None:
        return None
    return envelope_moves.find_many([(org_id, call.campaign)]).get((org_id, call.campaign))


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
        Wallet.set_aside_micro,
        Wallet.set_aside_held_micro,
        Wallet.envelope_ends_at,
        Wallet.reserve_micro,
        or_(
            leases.are_over(bindparam("at")),
            expiry.is_due(bindparam("at")),
            func.coalesce(Wallet.envelope_ends_at <= bindparam("at"), false()),
        ).label("is_outdated"),
        exists()
        .where(BrakeStop.org_id == Wallet.org_id, BrakeStop.answered_at.is_(None))
        .label("is_auto_top_up_stopped"),
    ).where(Wallet.org_id == bindparam("wallet_of"))
