"""Messages to the platform: calling pauses and resumes, wallet changes, and plan changes.

A message is written in the transaction of the change itself, with the wallet locked, so that an organization's
messages are in order of what happened; jobs deliver them (`app.billing.platform.deliveries`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, select

from app.billing.catalog import Plan
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import CallingState, PlatformDelivery, PlatformEndpoint, PlatformMessage
from app.money import Money

CALLING_PAUSED = "calling.paused"
CALLING_RESUMED = "calling.resumed"
WALLET_LOW = "wallet.low"
WALLET_RECOVERED = "wallet.recovered"
ALERT_RAISED = "alert.raised"
ALERT_ENDED = "alert.ended"
WALLET_TOPPED_UP = "wallet.topped_up"
AUTO_TOP_UP_SWITCHED = "auto_top_up.switched"
PLAN_CHANGED = "plan.changed"
LIMIT_NEAR = "limit.near"
LIMIT_REACHED = "limit.reached"
LIMIT_REQUEST_DECIDED = "limit.request_decided"
OUTBOUND_PAUSED = "outbound.paused"
OUTBOUND_RESUMED = "outbound.resumed"
ENVELOPE_FUNDED = "envelope.funded"
ENVELOPE_EMPTY = "envelope.empty"
ENVELOPE_ENDED = "envelope.ended"
CREDIT_GRANTED = "credit.granted"
CREDIT_EXPIRED = "credit.expired"
CALL_OVERDUE = "call.overdue"
CALL_ENDED = "call.ended"
AUTO_TOP_UP_STOPPED = "auto_top_up.stopped"
AUTO_TOP_UP_RESUMED = "auto_top_up.resumed"

STATES = frozenset({CALLING_PAUSED, CALLING_RESUMED})
"""Messages about a state: only the newest counts, and it doesn't wait for other kinds of messages."""


def calling_changed(
    org_id: UUID,
    *,
    before: CallingState,
    after: CallingState,
    was_low: bool,
    is_low: bool,
    available: Money,
    reason: str | None,
    at: datetime,
) -> None:
    """Publish a change of an organization's calling state, or of whether its credit is low.

    `available` is its credit now, and `reason` why it is paused.
    """
    data = {"state": after.value, "available": amount(available)}
    was_paused, is_paused = before is CallingState.PAUSED, after is CallingState.PAUSED
    if was_paused and not is_paused:
        publish(org_id, CALLING_RESUMED, data, at=at)
    if was_low != is_low:
        publish(org_id, WALLET_LOW if is_low else WALLET_RECOVERED, data, at=at)
    if is_paused and not was_paused:
        publish(org_id, CALLING_PAUSED, data | {"reason": reason}, at=at)


def auto_top_up_switched(org_id: UUID, *, is_on: bool, reason: str | None, at: datetime) -> None:
    """Publish that an owner has switched auto top-up on, or that it is off from now on, and why."""
    publish(org_id, AUTO_TOP_UP_SWITCHED, {"is_on": is_on, "reason": reason}, at=at)


def outbound_changed(
    org_id: UUID, *, is_paused: bool, available: Money, reserve: Money, at: datetime
) -> None:
    """Publish that available credit is at the reserve, so that only inbound calls may start, or above it again."""
    data = {"available": amount(available), "reserve": amount(reserve)}
    publish(org_id, OUTBOUND_PAUSED if is_paused else OUTBOUND_RESUMED, data, at=at)


def envelope_changed(
    org_id: UUID, *, envelope_id: UUID, campaign: str, left: Money, until: date, at: datetime
) -> None:
    """Publish that a campaign's envelope has credit, so that its calls may start in any case, or has none left."""
    data = {
        "campaign": campaign,
        "envelope": str(envelope_id),
        "left": amount(left),
        "until": until.isoformat(),
    }
    publish(org_id, ENVELOPE_FUNDED if left.micro > 0 else ENVELOPE_EMPTY, data, at=at)


def envelope_ended(org_id: UUID, *, envelope_id: UUID, campaign: str, returned: Money, at: datetime) -> None:
    """Publish that an envelope has ended, and what of it is available credit again."""
    data = {"campaign": campaign, "envelope": str(envelope_id), "returned": amount(returned)}
    publish(org_id, ENVELOPE_ENDED, data, at=at)


def alert_changed(
    org_id: UUID,
    type_: str,
    *,
    under: Money | None,
    hours: int | None,
    available: Money,
    dry_at: datetime | None,
    at: datetime,
) -> None:
    """Publish that credit has reached a level that owners chose, or has recovered from it: an amount, or a forecast
    of so many hours. `dry_at` is when credit is expected to run out, if that is known."""
    level = {
        "kind": "forecast" if under is None else "amount",
        "under": amount(under) if under is not None else None,
        "hours": hours,
    }
    data = {
        "level": level,
        "available": amount(available),
        "dry_at": dry_at.isoformat() if dry_at else None,
    }
    publish(org_id, type_, data, at=at)


def topped_up(org_id: UUID, *, top_up_id: UUID, credited: Money, available: Money, at: datetime) -> None:
    """Publish that a top-up added credit."""
    data = {"top_up": str(top_up_id), "credited": amount(credited), "available": amount(available)}
    publish(org_id, WALLET_TOPPED_UP, data, at=at)


def credit_granted(
    org_id: UUID, *, kind: str, granted: Money, expires_at: datetime | None, available: Money, at: datetime
) -> None:
    """Publish that promotional or goodwill credit was granted."""
    data = {
        "kind": kind,
        "granted": amount(granted),
        "expires_at": expires_at.isoformat() if expires_at else None,
        "available": amount(available),
    }
    publish(org_id, CREDIT_GRANTED, data, at=at)


def credit_expired(org_id: UUID, *, kind: str, expired: Money, available: Money, at: datetime) -> None:
    """Publish that credit was not used in time, and is gone."""
    data = {"kind": kind, "expired": amount(expired), "available": amount(available)}
    publish(org_id, CREDIT_EXPIRED, data, at=at)


def call_overdue(
    org_id: UUID,
    *,
    hold: str,
    call: str | None,
    campaign: str | None,
    since: datetime,
    expected: timedelta,
    held: Money,
    at: datetime,
) -> None:
    """Publish that a call has been in progress for unusually long: it may have ended without anyone saying so."""
    data = {
        "hold": hold,
        "call": call,
        "campaign": campaign,
        "since": since.isoformat(),
        "expected_seconds": int(expected.total_seconds()),
        "held": amount(held),
    }
    publish(org_id, CALL_OVERDUE, data, at=at)


def call_ended(org_id: UUID, *, hold: str, call: str | None, released: Money, at: datetime) -> None:
    """Publish that an owner has ended an overdue call: its hold is released and can't be renewed."""
    data = {"hold": hold, "call": call, "released": amount(released)}
    publish(org_id, CALL_ENDED, data, at=at)


def plan_changed(
    org_id: UUID, *, before: Plan, after: Plan, interval: str, reason: str, at: datetime
) -> None:
    """Publish that another plan, version or interval is in force: its entitlements apply from now on."""
    data = {
        "plan": {"key": after.key, "name": after.name, "version": after.version, "interval": interval},
        "previous": {"key": before.key, "name": before.name, "version": before.version},
        "limits": after.limits,
        "reason": reason,
    }
    publish(org_id, PLAN_CHANGED, data, at=at)


def publish(org_id: UUID, type_: str, data: dict[str, Any], *, at: datetime) -> None:
    """Write a message for every endpoint, in the caller's transaction. `data` is JSON.

    A transaction that waited for the wallet may have begun before the one that held it. Each message of an
    organization is still dated later than the one before, so that a receiver can tell which is newest.
    """
    newest = db.session.scalar(
        select(PlatformMessage.happened_at)
        .where(PlatformMessage.org_id == org_id)
        .order_by(PlatformMessage.position.desc())
        .limit(1)
    )
    if newest is not None:
        at = max(at, newest + timedelta(microseconds=1))
    message = PlatformMessage(
        org_id=org_id,
        id=uuid7(),
        type=type_,
        data={"organization": str(org_id)} | data,
        happened_at=at,
    )
    db.session.add(message)
    db.session.flush()
    is_state = type_ in STATES
    endpoints = select(
        literal(org_id),
        literal(message.id),
        PlatformEndpoint.id,
        literal(message.position),
        literal(is_state),
        literal("waiting"),
        literal(0),
        literal(utc_now()),
    ).where(PlatformEndpoint.disabled_at.is_(None))
    names = [
        "org_id",
        "message_id",
        "endpoint_id",
        "position",
        "is_state",
        "state",
        "attempts",
        "next_try_at",
    ]
    written = db.session.execute(
        insert(PlatformDelivery).from_select(names, endpoints).returning(PlatformDelivery.endpoint_id)
    )
    for endpoint_id in written.scalars():
        enqueue(task_of(is_state), org_id=str(org_id), endpoint_id=str(endpoint_id))


def task_of(is_state: bool) -> str:
    """The task that delivers messages of this kind."""
    return "tell_calling_state" if is_state else "deliver_to_platform"


def amount(money: Money) -> dict[str, str]:
    """Money in messages: exact, as text, as in API responses."""
    return {"amount": money.exact, "currency": money.currency}
