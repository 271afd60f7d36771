"""Requests for more of a limit: asked by anyone of the organization or by the platform, decided by an owner.

Approved, the limit is higher for a while and then as before by itself. At most one request for a limit waits: asked
again, it is the same one with the newest wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.billing import audit
from app.billing.audit import Action, Actor
from app.billing.limit_settings import settings
from app.billing.limit_settings.drafts import LimitSettingError
from app.billing.limits import LimitStanding, labels, standing
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import LimitRequest, Organization, RequestState, SpendingLimit
from app.money import Money
from app.notify.emails import LimitMoreAsked

MOST_A_DAY = 10
"""How often more of one limit can be asked for in 24 hours."""
LATEST = timedelta(days=92)
"""How far ahead a raise can end."""


class NotMoreError(LimitSettingError):
    """What is asked for isn't more than the limit in force."""


class AskedTooOftenError(LimitSettingError):
    """More of this limit was asked for too often within 24 hours."""


class UnknownRequestError(LimitSettingError):
    """There is no such request."""


class RequestChangedError(LimitSettingError):
    """Something else is asked for by now than what the owner saw."""


class AlreadyDecidedError(LimitSettingError):
    """The request was decided already; `request` says how and by whom."""

    def __init__(self, request: LimitRequest) -> None:
        super().__init__(f"The request is {request.state.value}.")
        self.request = request


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A request with the limit that it is about; None if that is gone."""

    request: LimitRequest
    limit: LimitStanding | None


def ask(
    organization: Organization,
    limit_id: UUID,
    wanted: Money,
    actor: Actor,
    *,
    until: datetime | None = None,
    note: str = "",
) -> LimitRequest:
    """Ask to raise a limit to `wanted` until a time; without one, until its window ends. The owners are emailed.

    Locks the wallet, in the caller's transaction. Raises `UnknownLimitError`, `NotMoreError`, `AskedTooOftenError`.
    """
    now = utc_now()
    settings.locked(organization, now)
    limit = settings.get(organization.id, limit_id)
    if wanted.micro <= limit.micro_at(now):
        raise NotMoreError
    waiting = _waiting(organization.id, limit_id)
    if waiting is not None:
        same = (waiting.wanted_micro, waiting.until, waiting.note) == (wanted.micro, until, note)
        if same:
            return waiting
    if waiting is None:
        _check_pace(organization.id, limit_id, now)
    row = waiting or LimitRequest(org_id=organization.id, id=uuid7(), limit_id=limit_id, created_at=now)
    row.wanted_micro, row.until, row.note, row.asked_by = wanted.micro, until, note, actor.name
    db.session.add(row)
    db.session.flush()
    record(organization, limit, row, actor, "limit.more_asked")
    _email_owners(organization, limit, row, now)
    return row


def find(org_id: UUID, request_id: UUID) -> AskedFor:
    """A request, with its limit as it stands. Raises `UnknownRequestError`."""
    row = db.session.get(LimitRequest, (org_id, request_id), populate_existing=True)
    if row is None:
        raise UnknownRequestError
    return AskedFor(row, standing.find(org_id, row.limit_id, utc_now()))


def list_newest(org_id: UUID, *, count: int = 20) -> list[LimitRequest]:
    """Requests, those that wait first, then the newest."""
    query = (
        select(LimitRequest)
        .where(LimitRequest.org_id == org_id)
        .order_by(LimitRequest.state != RequestState.WAITING, LimitRequest.created_at.desc(), LimitRequest.id)
        .limit(count)
    )
    return list(db.session.scalars(query))


def _waiting(org_id: UUID, limit_id: UUID) -> LimitRequest | None:
    return db.session.scalar(
        select(LimitRequest).where(
            LimitRequest.org_id == org_id,
            LimitRequest.limit_id == limit_id,
            LimitRequest.state == RequestState.WAITING,
        )
    )


def _check_pace(org_id: UUID, limit_id: UUID, now: datetime) -> None:
    """Each request is an email to every owner."""
    asked = db.session.scalar(
        select(func.count())
        .select_from(LimitRequest)
        .where(
            LimitRequest.org_id == org_id,
            LimitRequest.limit_id == limit_id,
            LimitRequest.created_at > now - timedelta(days=1),
        )
    )
    if (asked or 0) >= MOST_A_DAY:
        raise AskedTooOftenError


def _email_owners(organization: Organization, limit: SpendingLimit, row: LimitRequest, at: datetime) -> None:
    email = LimitMoreAsked(
        request_id=row.id,
        what=labels.stored_label(limit.subject, limit.name),
        per=labels.PER[limit.window],
        amount=Money(limit.amount_micro, organization.currency),
        wanted=row.wanted(organization.currency),
        by=audit.display_name(row.asked_by),
        note=row.note,
        until=row.until,
        at=at,
    )
    notices.to_owners(organization.id, email, source=str(row.id))


def record(
    organization: Organization, limit: SpendingLimit, row: LimitRequest, actor: Actor, action: Action
) -> None:
    """Add what someone did with a request to the audit trail."""
    audit.record(
        organization.id,
        actor,
        action,
        labels.stored_label(limit.subject, limit.name),
        window=limit.window.value,
        wanted=str(row.wanted(organization.currency).decimal),
        until=row.until.isoformat() if row.until else None,
        note=row.note or None,
        asked_by=row.asked_by,
    )
