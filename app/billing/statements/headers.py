"""The header of a statement: once its month is over, it stays the same, whatever changes later."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.billing.statements import statement
from app.extensions import db
from app.models import Organization, StatementHead
from app.months import Month


@dataclass(frozen=True, slots=True)
class StatementHeader:
    """The organization's name and time zone, and the lines that say who is billed."""

    name: str
    timezone: str
    billed: tuple[str, ...]


def snapshot(organization: Organization, head: StatementHeader) -> None:
    """Store this header for past months that have none yet. To be called before any of it changes."""
    rows = [
        {
            "org_id": organization.id,
            "month": month.first,
            "name": head.name,
            "timezone": head.timezone,
            "billed": list(head.billed),
        }
        for month in statement.months(organization)[1:]
    ]
    if rows:
        db.session.execute(insert(StatementHead).values(rows).on_conflict_do_nothing())


def find_snapshot(organization: Organization, month: Month) -> StatementHeader | None:
    """The header stored for a month; None if nothing has changed since it was over."""
    row = db.session.scalar(
        select(StatementHead).where(
            StatementHead.org_id == organization.id, StatementHead.month == month.first
        )
    )
    return None if row is None else StatementHeader(row.name, row.timezone, tuple(row.billed))
