"""Telling of limits that are near or reached: the owners by email, and the platform; each once in a window.

What was told of which window is kept with the limit, in the transaction that comes near it or reaches it; a job does
the telling. A raise makes it news again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update

from app.billing.limits import LimitStanding, labels, standing
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.wallet import ledger
from app.extensions import db, enqueue
from app.models import SpendingLimit
from app.money import Money
from app.notify.emails import LimitReached

REACHED = 100


def note_refusal(org_id: UUID, limit: LimitStanding, at: datetime) -> None:
    """A call was refused by a limit: it counts as reached, although something too small for the call may be left.

    Only with the wallet locked. Nothing where that was told already in this window. A ceiling of the catalog has no
    row to note that in, so its email tells.
    """
    if limit.limit_id is None:
        source = f"{limit.subject.value}:{limit.name}:{limit.window.start.isoformat()}"
        _write(org_id, limit, limit.counted, REACHED, at, source=source)
        return
    told = (
        update(SpendingLimit)
        .where(SpendingLimit.org_id == org_id, SpendingLimit.id == limit.limit_id)
        .where(
            or_(
                SpendingLimit.told_window.is_distinct_from(limit.window.start),
                SpendingLimit.told_percent < REACHED,
            )
        )
        .values(told_percent=REACHED, told_window=limit.window.start)
        .returning(SpendingLimit.id)
    )
    if db.session.execute(told).scalar() is not None:
        enqueue(
            "tell_of_limit",
            org_id=str(org_id),
            limit_id=str(limit.limit_id),
            percent=REACHED,
            spent_micro=limit.counted.micro,
            at=at.isoformat(),
        )


def tell(org_id: UUID, limit_id: UUID, percent: int, spent_micro: int, at: datetime) -> None:
    """Tell the owners and the platform that `percent` of a limit, 80 or 100, was spent at a time.

    Nothing if the limit is gone. Locks the wallet, in the caller's transaction. Told twice, nothing
    more is written.
    """
    ledger.lock(org_id)
    limit = standing.find(org_id, limit_id, at)
    if limit is None:
        return
    spent = Money(spent_micro, limit.amount.currency)
    source = f"{limit_id}:{limit.version}:{limit.window.start.isoformat()}:{percent}"
    _write(org_id, limit, spent, percent, at, source=source)


def _write(
    org_id: UUID, limit: LimitStanding, spent: Money, percent: int, at: datetime, *, source: str
) -> None:
    email = LimitReached(
        what=labels.stored_label(limit.subject, limit.name),
        per=labels.PER[limit.kind],
        amount=limit.amount,
        spent=spent,
        percent=percent,
        stops=limit.stops,
        starts_again_at=limit.window.end,
        at=at,
    )
    if not notices.limit_reached(org_id, email, source=source):
        return
    data = {
        "limit": str(limit.limit_id) if limit.limit_id else None,
        "subject": limit.subject.value,
        "name": limit.name or None,
        "window": limit.kind.value,
        "stops": limit.stops,
        "percent": percent,
        "amount": messages.amount(limit.amount),
        "spent": messages.amount(spent),
        "starts_again_at": limit.window.end.isoformat(),
    }
    type_ = messages.LIMIT_REACHED if percent >= REACHED else messages.LIMIT_NEAR
    messages.publish(org_id, type_, data, at=at)
