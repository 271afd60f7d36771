"""Organizations with a past, by whose hours the brake judges, and what it asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from app.billing.brake import stopping
from app.billing.brake.band import Band
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeStop, Mail, Organization, PlatformMessage, SpendHour

DOLLAR = 1_000_000
HOUR = timedelta(hours=1)


def usually_spends(organization: Organization, dollars: int, *, weeks: int = 8) -> None:
    """So much in every hour of the weeks before, around the clock; nothing in the last two hours."""
    hour = utc_now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    spent(organization, {hour - ago * HOUR: dollars for ago in range(2, weeks * 7 * 24)})


def spent(organization: Organization, by_hour: Mapping[datetime, float]) -> None:
    """So many dollars by the hour, as they are counted."""
    rows = [
        {"org_id": organization.id, "hour": hour, "amount_micro": round(dollars * DOLLAR), "first_seq": 0}
        for hour, dollars in by_hour.items()
    ]
    db.session.execute(insert(SpendHour), rows)
    db.session.commit()


def stop(organization: Organization) -> None:
    """Its automatic charges are stopped, because the last hour took $90.00 where $20.00 is usual."""
    ledger.lock(organization.id)
    stopping.stop(organization, 90 * DOLLAR, Band(20 * DOLLAR, 60 * DOLLAR, is_known=True), utc_now())
    db.session.commit()


def stops(organization: Organization) -> list[BrakeStop]:
    """All stops as they are now, the oldest first."""
    db.session.rollback()
    query = db.select(BrakeStop).where(BrakeStop.org_id == organization.id).order_by(BrakeStop.at)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def the_stop(organization: Organization) -> BrakeStop:
    """The one that waits for an answer."""
    [found] = [one for one in stops(organization) if one.answered_at is None]
    return found


def emails_of(organization: Organization, kind: str) -> list[dict[str, object]]:
    """What emails of a kind say, the oldest first."""
    db.session.rollback()
    query = (
        db.select(Mail.facts).filter_by(org_id=organization.id, kind=kind).order_by(Mail.created_at, Mail.id)
    )
    return list(db.session.scalars(query))


def messages_of(organization: Organization, kind: str) -> list[dict[str, object]]:
    """What the platform is told of a kind, the oldest first."""
    db.session.rollback()
    query = db.select(PlatformMessage.data).filter_by(org_id=organization.id, type=kind)
    return list(db.session.scalars(query.order_by(PlatformMessage.position)))
