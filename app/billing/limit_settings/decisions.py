"""Deciding about requests for more of a limit: an owner approves or refuses, once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Action, Actor
from app.billing.limit_settings import requests, settings
from app.billing.limit_settings.drafts import Draft
from app.billing.limit_settings.requests import (
    AlreadyDecidedError,
    NotMoreError,
    RequestChangedError,
    UnknownRequestError,
)
from app.billing.limits import LimitStanding, labels, standing, windows
from app.billing.mail import notices
from app.billing.platform import messages
from app.clock import utc_now
from app.extensions import db
from app.models import LimitRequest, Organization, RequestState, SpendingLimit, User
from app.notify.emails import LimitMoreDecided


def approve(organization: Organization, request_id: UUID, actor: Actor, *, seen: str) -> LimitStanding:
    """Raise the limit as it was asked for; returns how it stands. Locks the wallet, in the caller's transaction.

    `seen` is what the owner saw and agreed to (`LimitRequest.as_text`). Raises `UnknownRequestError`,
    `AlreadyDecidedError`, `RequestChangedError`, `UnknownLimitError`, and `NotMoreError` where the limit allows as
    much by now: to approve would lower it.
    """
    now = utc_now()
    settings.locked(organization, now)
    row = _undecided(organization.id, request_id)
    if row.as_text != seen:
        raise RequestChangedError
    limit = settings.get(organization.id, row.limit_id)
    if row.wanted_micro <= limit.micro_at(now):
        raise NotMoreError
    window = windows.find(limit.window, ZoneInfo(organization.timezone), now)
    until = row.until if row.until is not None and row.until > now else window.end
    draft = replace(
        Draft.of(limit, organization.currency), raised=row.wanted(organization.currency), raised_until=until
    )
    settings.change(organization, limit, draft, actor, now)
    row.until = until
    _decide(organization, limit, row, RequestState.APPROVED, actor)
    found = standing.find(organization.id, limit.id, now)
    if found is None:
        raise UnknownRequestError
    return found


def refuse(organization: Organization, request_id: UUID, actor: Actor) -> None:
    """Leave the limit as it is. Locks the wallet, in the caller's transaction. Raises as `approve` does."""
    now = utc_now()
    settings.locked(organization, now)
    row = _undecided(organization.id, request_id)
    limit = settings.get(organization.id, row.limit_id)
    _decide(organization, limit, row, RequestState.REFUSED, actor)


def _undecided(org_id: UUID, request_id: UUID) -> LimitRequest:
    row = requests.find(org_id, request_id).request
    if row.state is not RequestState.WAITING:
        raise AlreadyDecidedError(row)
    return row


def _decide(
    organization: Organization, limit: SpendingLimit, row: LimitRequest, state: RequestState, actor: Actor
) -> None:
    now = utc_now()
    is_approved = state is RequestState.APPROVED
    row.state, row.decided_by, row.decided_at = state, actor.name, now
    db.session.flush()
    action: Action = "limit.more_approved" if is_approved else "limit.more_refused"
    requests.record(organization, limit, row, actor, action)
    wanted = row.wanted(organization.currency)
    data = {
        "request": str(row.id),
        "limit": str(limit.id),
        "state": state.value,
        "wanted": messages.amount(wanted),
        "until": row.until.isoformat() if is_approved and row.until else None,
    }
    messages.publish(organization.id, messages.LIMIT_REQUEST_DECIDED, data, at=now)
    _email_asker(organization, limit, row, is_approved=is_approved)


def _email_asker(
    organization: Organization, limit: SpendingLimit, row: LimitRequest, *, is_approved: bool
) -> None:
    """If a person asked; the platform gets a message."""
    if db.session.scalar(select(User.id).where(User.email == row.asked_by)) is None:
        return
    email = LimitMoreDecided(
        limit_id=limit.id,
        what=labels.stored_label(limit.subject, limit.name),
        per=labels.PER[limit.window],
        wanted=row.wanted(organization.currency),
        is_approved=is_approved,
        by=audit.display_name(row.decided_by),
        until=row.until if is_approved else None,
        at=utc_now(),
    )
    notices.personal(organization.id, email, to=row.asked_by, source=str(row.id))
