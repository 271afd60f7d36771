"""Calls without an end: those in progress for longer than twice their campaign's usual longest.

Usual is the 99th percentile of the campaign's own calls of the last thirty days, by their holds: one call in a
hundred is longer, and hardly any twice as long. A campaign without enough calls has a fixed bound. A call whose
lease isn't renewed ends with it, so only a call that the platform goes on renewing can be overdue. It is named once:
owners and the platform are asked whether it is still going on. Either can end it, which releases its hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, extract, func, or_, select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.platform import messages
from app.billing.wallet import holds, ledger
from app.extensions import db
from app.ids import uuid7_floor
from app.models import Hold, HoldState
from app.money import Money

HISTORY = timedelta(days=30)
MOST_CALLS = 50_000
"""How many of the organization's newest calls are looked at."""
ENOUGH_CALLS = 20
WITHOUT_HISTORY = timedelta(hours=4)
"""After which a call is overdue where there are not enough calls to compare it with."""
LEAST = timedelta(minutes=10)
"""No call is overdue earlier, however short the others are."""


def find_candidates(at: datetime) -> list[UUID]:
    """The organizations with calls in progress that may be overdue. One statement."""
    query = select(Hold.org_id).where(Hold.state == HoldState.ACTIVE, *_unnamed(at)).distinct()
    return list(db.session.scalars(query))


def name_overdue(org_id: UUID, *, at: datetime) -> int:
    """Name an organization's overdue calls, and publish each once; returns how many. Locks the wallet."""
    wallet = ledger.lock(org_id)
    active = select(Hold).where(Hold.org_id == org_id, Hold.state == HoldState.ACTIVE, Hold.expires_at > at)
    found = db.session.scalars(active.where(*_unnamed(at)).order_by(Hold.created_at)).all()
    bounds = longest_expected(org_id, {hold.campaign for hold in found}, at=at)
    named = [hold for hold in found if hold.created_at + bounds[hold.campaign] <= at]
    for hold in named:
        hold.overdue_at = at
        messages.call_overdue(
            org_id,
            hold=hold.key,
            call=hold.call,
            campaign=hold.campaign,
            since=hold.created_at,
            expected=bounds[hold.campaign],
            held=Money(hold.amount_micro, wallet.currency),
            at=at,
        )
    if named:
        wallet.version += 1
        db.session.flush()
    return len(named)


def longest_expected(
    org_id: UUID, campaigns: Iterable[str | None], *, at: datetime
) -> dict[str | None, timedelta]:
    """How long calls of these campaigns last at most before they are overdue; None for calls of none."""
    return {campaign: _longest_expected(org_id, campaign, at) for campaign in campaigns}


def confirm(org_id: UUID, hold_id: UUID, actor: Actor, *, at: datetime) -> Hold | None:
    """Someone says that an overdue call is still going on: it is asked about again after as long. Locks the wallet.

    None if there is no such call, or it isn't overdue any more.
    """
    hold = _find_overdue(org_id, hold_id, at)
    if hold is not None:
        hold.expected_until = at + _longest_expected(org_id, hold.campaign, at)
        hold.overdue_at = None
        audit.record(org_id, actor, "call.confirmed", hold.call or hold.key)
    return hold


def end(org_id: UUID, hold_id: UUID, actor: Actor, *, at: datetime) -> Hold | None:
    """End an overdue call: its hold is released, and the platform is told. Locks the wallet.

    Usage that is reported later is still charged. None if there is no such call, or it isn't overdue any more.
    """
    hold = _find_overdue(org_id, hold_id, at)
    if hold is not None:
        held = Money(hold.amount_micro, ledger.lock(org_id).currency)
        holds.release(org_id, hold.key, at=at)
        audit.record(org_id, actor, "call.ended", hold.call or hold.key, amount=str(held.decimal))
        messages.call_ended(org_id, hold=hold.key, call=hold.call, released=held, at=at)
    return hold


def _find_overdue(org_id: UUID, hold_id: UUID, at: datetime) -> Hold | None:
    wallet = ledger.lock(org_id)
    query = select(Hold).where(Hold.org_id == org_id, Hold.id == hold_id, Hold.overdue_at.is_not(None))
    is_active = (Hold.state == HoldState.ACTIVE) & (Hold.expires_at > at)
    hold = db.session.scalars(query.where(is_active)).first()
    if hold is not None:
        wallet.version += 1
    return hold


def _unnamed(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions on calls that may become overdue."""
    return (
        Hold.created_at <= at - LEAST,
        Hold.overdue_at.is_(None),
        or_(Hold.expected_until.is_(None), Hold.expected_until <= at),
    )


def _longest_expected(org_id: UUID, campaign: str | None, at: datetime) -> timedelta:
    newest = (
        select(Hold.campaign, Hold.state, extract("epoch", Hold.ended_at - Hold.created_at).label("seconds"))
        # By the key, which sorts by time: no index of its own for what is asked this rarely.
        .where(Hold.org_id == org_id, Hold.id >= uuid7_floor(at - HISTORY))
        .order_by(Hold.id.desc())
        .limit(MOST_CALLS)
        .subquery()
    )
    usual = func.percentile_disc(0.99).within_group(newest.c.seconds)
    query = select(func.count().label("calls"), usual.label("usual")).where(
        newest.c.state.in_([HoldState.CAPTURED, HoldState.RELEASED]),
        newest.c.campaign.is_not_distinct_from(campaign),
    )
    row = db.session.execute(query).one()
    if row.calls < ENOUGH_CALLS:
        return WITHOUT_HISTORY
    return max(2 * timedelta(seconds=float(row.usual)), LEAST)
