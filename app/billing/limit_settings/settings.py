"""Setting, changing and removing limits on spend, in the caller's transaction, with the wallet locked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.billing import audit
from app.billing.audit import Action, Actor
from app.billing.limit_settings import closing
from app.billing.limit_settings.drafts import (
    Draft,
    LimitChangedError,
    LimitExistsError,
    OwnersLimitError,
    TooManyLimitsError,
    UnknownLimitError,
)
from app.billing.limits import LimitStanding, counts, labels, standing
from app.billing.limits.counts import Counted
from app.billing.wallet import calling_state, ledger
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import LimitOrigin, Organization, SpendingLimit, Wallet

MOST = 200
"""How many limits an organization has at most."""


def put(
    organization: Organization,
    draft: Draft,
    actor: Actor,
    *,
    limit_id: UUID | None = None,
    origin: LimitOrigin = LimitOrigin.OWNER,
    seen: int | None = None,
) -> LimitStanding:
    """Set a limit: the one with this id, which is made if there is none; returns how it stands. Locks the wallet.

    `seen` is the version that was changed, if the caller knows it: what was removed meanwhile isn't made again. It
    applies immediately to calls that start; calls in progress finish. Raises `LimitExistsError`, `LimitChangedError`,
    `OwnersLimitError`, `TooManyLimitsError`.
    """
    now = utc_now()
    wallet = locked(organization, now)
    row = _find(organization.id, limit_id) if limit_id else None
    if seen is not None and (row is None or row.version != seen):
        raise LimitChangedError
    _check_twin(organization, draft, row)
    if row is None:
        row = _add(organization, draft, limit_id, origin, now)
        _record(organization, row, actor, "limit.added", before=None)
    elif (before := Draft.of(row, organization.currency)) != draft:
        if origin is LimitOrigin.PLATFORM and row.origin is LimitOrigin.OWNER and draft.loosens(before, now):
            raise OwnersLimitError
        change(organization, row, draft, actor, now)
    wallet.counts_spend = True
    counts.start(_counted(organization, row), now)
    _forget(organization)
    return _standing(organization, row.id, now)


def remove(
    organization: Organization, limit_id: UUID, actor: Actor, *, origin: LimitOrigin = LimitOrigin.OWNER
) -> None:
    """Remove a limit, and close requests for more of it. Locks the wallet. Raises `UnknownLimitError` and
    `OwnersLimitError`."""
    now = utc_now()
    wallet = locked(organization, now)
    row = get(organization.id, limit_id)
    if origin is LimitOrigin.PLATFORM and row.origin is LimitOrigin.OWNER:
        raise OwnersLimitError
    _record(organization, row, actor, "limit.removed", before=Draft.of(row, organization.currency))
    closing.close_requests(organization.id, limit_id, now)
    db.session.delete(row)
    db.session.flush()
    _forget(organization)
    wallet.counts_spend = counts.is_any(organization.id)


def change(organization: Organization, row: SpendingLimit, draft: Draft, actor: Actor, at: datetime) -> None:
    """Change a limit of a locked wallet."""
    before = Draft.of(row, organization.currency)
    draft.fill(row)
    row.version += 1
    if draft.loosens(before, at):
        # What it comes near or reaches from now on is news again.
        row.told_percent, row.told_window = 0, None
    db.session.flush()
    _record(organization, row, actor, "limit.changed", before=before)


def get(org_id: UUID, limit_id: UUID) -> SpendingLimit:
    """The limit as it is set. Raises `UnknownLimitError`."""
    found = _find(org_id, limit_id)
    if found is None:
        raise UnknownLimitError
    return found


def locked(organization: Organization, at: datetime) -> Wallet:
    """The wallet, locked, without expired leases, and with a new version, because pages show what changes."""
    wallet = ledger.lock(organization.id)
    calling_state.reassess(wallet, at)
    wallet.version += 1
    return wallet


def _find(org_id: UUID, limit_id: UUID) -> SpendingLimit | None:
    return db.session.get(SpendingLimit, (org_id, limit_id), populate_existing=True)


def _check_twin(organization: Organization, draft: Draft, row: SpendingLimit | None) -> None:
    twin = db.session.scalar(
        select(SpendingLimit.id).where(
            SpendingLimit.org_id == organization.id,
            SpendingLimit.subject == draft.subject,
            SpendingLimit.name == draft.name,
            SpendingLimit.window == draft.kind,
            SpendingLimit.stops == draft.stops,
        )
    )
    if twin is not None and (row is None or twin != row.id):
        raise LimitExistsError(twin)


def _add(
    organization: Organization, draft: Draft, limit_id: UUID | None, origin: LimitOrigin, at: datetime
) -> SpendingLimit:
    query = select(func.count()).select_from(SpendingLimit).where(SpendingLimit.org_id == organization.id)
    if (db.session.scalar(query) or 0) >= MOST:
        raise TooManyLimitsError
    row = SpendingLimit(org_id=organization.id, id=limit_id or uuid7(), origin=origin, created_at=at)
    draft.fill(row)
    db.session.add(row)
    db.session.flush()
    return row


def _counted(organization: Organization, row: SpendingLimit) -> Counted:
    return Counted(organization.id, row.subject, row.name, row.window, ZoneInfo(organization.timezone))


def _forget(organization: Organization) -> None:
    query = select(SpendingLimit.subject, SpendingLimit.name, SpendingLimit.window).where(
        SpendingLimit.org_id == organization.id
    )
    kept = {(subject, name, kind) for subject, name, kind in db.session.execute(query)}
    counts.forget(organization.id, ZoneInfo(organization.timezone), kept)


def _standing(organization: Organization, limit_id: UUID, at: datetime) -> LimitStanding:
    found = standing.find(organization.id, limit_id, at)
    if found is None:
        raise UnknownLimitError
    return found


def _record(
    organization: Organization, row: SpendingLimit, actor: Actor, action: Action, *, before: Draft | None
) -> None:
    after = Draft.of(row, organization.currency)
    audit.record(
        organization.id,
        actor,
        action,
        labels.stored_label(row.subject, row.name),
        window=row.window.value,
        before=before.for_trail() if before else None,
        after=after.for_trail() if action != "limit.removed" else None,
    )
