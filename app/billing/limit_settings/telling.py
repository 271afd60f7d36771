"""Telling of limits that are near or reached: the owners by email, and the platform; each once in a window.

What was told of which window is kept with the limit, in the transaction that comes near it or reaches it; a job does
the telling. A raise makes it news again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, update

from app.billing.limits import LimitStanding, labels, windows
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.wallet import ledger
from app.extensions import db, enqueue
from app.models import Organization, SpendingLimit
from app.money import Money
from app.notify.emails import LimitReached

REACHED = 100


def note_refusal(org_id: UUID, limit: LimitStanding, at: datetime) -> None:
    """A call was refused by a limit: it counts as reached, although something too small for the call may be left.

    Only with the wallet locked. Nothing where that was told already in this window.
    """
    if limit.limit_id is None:
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
    limit = db.session.get(SpendingLimit, (org_id, limit_id))
    if limit is None:
        return
    organization = db.session.get_one(Organization, org_id)
    window = windows.find(limit.window, ZoneInfo(organization.timezone), at)
    amount = Money(limit.micro_at(at), organization.currency)
    spent = Money(spent_micro, organization.currency)
    source = f"{limit.id}:{limit.version}:{window.start.isoformat()}:{percent}"
    email = LimitReached(
        what=labels.subject_label(limit.subject, limit.name),
        per=labels.PER[limit.window],
        amount=amount,
        spent=spent,
        percent=percent,
        stops=limit.stops,
        starts_again_at=window.end,
        at=at,
    )
    if not notices.limit_reached(org_id, email, source=source):
        return
    data = {
        "limit": str(limit.id),
        "subject": limit.subject.value,
        "name": limit.name or None,
        "window": limit.window.value,
        "stops": limit.stops,
        "percent": percent,
        "amount": messages.amount(amount),
        "spent": messages.amount(spent),
        "starts_again_at": window.end.isoformat(),
    }
    type_ = messages.LIMIT_REACHED if percent >= REACHED else messages.LIMIT_NEAR
    messages.publish(org_id, type_, data, at=at)
