"""Whether an organization may call now: checked by the platform before each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from app.billing import catalog
from app.billing.catalog import Destination
from app.billing.limits import Call, DestinationClosedError, LimitStanding
from app.billing.limits.check import find_reached
from app.billing.wallet import calling_state, envelope_moves, holds
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit
from app.billing.wallet.envelope_moves import OpenEnvelope
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState
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


class StatusRow(NamedTuple):
    """What the status of an organization is told from, read in one statement: its columns, in order."""

    currency: str
    posted_micro: int
    held_micro: int
    state: str
    paused_at: datetime | None
    version: int
    counts_spend: bool
    set_aside_micro: int
    set_aside_held_micro: int
    envelope_ends_at: datetime | None
    reserve_micro: int
    is_outdated: bool
    is_auto_top_up_stopped: bool


_STATUS = """
SELECT wallet.currency, wallet.posted_micro, wallet.held_micro, wallet.state, wallet.paused_at, wallet.version,
    wallet.counts_spend, wallet.set_aside_micro, wallet.set_aside_held_micro, wallet.envelope_ends_at,
    wallet.reserve_micro,
    EXISTS (SELECT FROM hold
            WHERE hold.org_id = wallet.org_id AND hold.state = 'active' AND hold.expires_at <= {at})
        OR coalesce(wallet.credit_expires_at <= {at}, false) OR coalesce(wallet.envelope_ends_at <= {at}, false)
        AS is_outdated,
    EXISTS (SELECT FROM brake_stop
            WHERE brake_stop.org_id = wallet.org_id AND brake_stop.answered_at IS NULL) AS is_auto_top_up_stopped
FROM wallet WHERE wallet.org_id = {org_id}"""
_IN_SESSION = text(_STATUS.format(at=":at", org_id=":org_id"))

FOR_DRIVER = _STATUS.format(at="now()", org_id="%(org_id)s")
"""The columns of a `StatusRow` as of now, for a statement of the fast path."""


def find(org_id: UUID, call: Call | None = None, *, at: datetime | None = None) -> CallingStatus | None:
    """The status of an organization at `at`, or now, for such a call; None if there is no organization.

    From its wallet's row only, unless there are limits, the call goes to where it is guarded, or it is a campaign's
    and an envelope is open. If a lease, an envelope or credit has expired, that is recorded first: the caller
    commits.
    """
    now = at or utc_now()
    row = _read(org_id, now)
    if row is not None and row.is_outdated:
        holds.expire(org_id, at=now)
        row = _read(org_id, now)
    if row is None:
        return None
    limit, closed = _stopped(org_id, call or Call(), now, counts_spend=row.counts_spend)
    envelope = _envelope(org_id, call) if row.envelope_ends_at is not None else None
    return _of_row(row, limit, closed, envelope)


def find_plain(row: StatusRow, call: Call) -> CallingStatus | None:
    """The same from a row as it was read. None where that says too little, and `find` has to look: something has
    expired, there are limits, the call is guarded, or its campaign may have an envelope."""
    is_campaigns = call.campaign is not None and row.envelope_ends_at is not None
    if row.is_outdated or row.counts_spend or is_campaigns or call.is_guarded:
        return None
    return _of_row(row)


def _read(org_id: UUID, at: datetime) -> StatusRow | None:
    db.session.flush()
    row = db.session.execute(_IN_SESSION, {"org_id": org_id, "at": at}).one_or_none()
    return StatusRow(*row) if row is not None else None


def _of_row(
    row: StatusRow,
    limit: LimitStanding | None = None,
    closed: Destination | None = None,
    envelope: OpenEnvelope | None = None,
) -> CallingStatus:
    credit = Credit(
        row.posted_micro, row.held_micro, row.set_aside_micro, row.set_aside_held_micro, row.reserve_micro
    )
    available = Money(credit.available, row.currency)
    return CallingStatus(
        state=CallingState(row.state),
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
        envelope=envelope,
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
