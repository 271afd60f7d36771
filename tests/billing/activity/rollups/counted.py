"""What is added up of an organization."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from app.extensions import db
from app.models import Organization, UsageRollup
from tests.support.metering import NOW

LATER = NOW + timedelta(days=2)


def counted(organization: Organization) -> list[UsageRollup]:
    query = db.select(UsageRollup).where(UsageRollup.org_id == organization.id)
    return list(db.session.scalars(query.order_by(UsageRollup.posted_on, UsageRollup.meter)))


def of_history(organization: Organization) -> list[tuple[date, str, str, int, int]]:
    query = text(
        "SELECT day, kind, usage_group, lines, amount_micro FROM history_rollup WHERE org_id = :of ORDER BY 1, 2, 3"
    )
    return [tuple(row) for row in db.session.execute(query, {"of": organization.id})]


def charged(organization: Organization) -> int:
    query = text("SELECT sum(amount_micro) FROM usage_daily WHERE org_id = :of")
    return int(db.session.scalar(query, {"of": organization.id}))
