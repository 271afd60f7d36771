"""The monthly cap: the most that auto top-up charges in a calendar month of the organization's own time zone.

A charge counts toward the month in which its card was first asked, whenever it is settled, and is written down with
it: a change of the time zone or a late webhook moves none to another month. What is under way counts, and a refund
makes no room.
"""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.extensions import db
from app.models import Organization, TopUp, TopUpStatus
from app.money import Money
from app.months import Month

_COUNTED = (TopUpStatus.PAYING, TopUpStatus.ACTION, TopUpStatus.SUCCEEDED)
LEVELS = (100, 90, 80)
"""Percentages that people are notified of, highest first."""


def month_of(organization: Organization, at: datetime) -> date:
    """The first day of the month that a charge at this time counts toward."""
    return organization.local_day(at).replace(day=1)


def next_month_at(organization: Organization, at: datetime) -> datetime:
    """When the next month begins, in the organization's zone."""
    first = Month.of(month_of(organization, at)).following.first
    return datetime.combine(first, time(), ZoneInfo(organization.timezone))


def used(org_id: UUID, month: date, currency: str) -> Money:
    """What was charged in the month, with what is under way. Certain only while the wallet is locked."""
    query = select(func.coalesce(func.sum(TopUp.amount_micro), 0)).where(
        TopUp.org_id == org_id, TopUp.auto_month == month, TopUp.status.in_(_COUNTED)
    )
    return Money(int(db.session.scalar(query) or 0), currency)


def settled(org_id: UUID, month: date, currency: str) -> Money:
    """What was charged in the month and paid."""
    query = select(func.coalesce(func.sum(TopUp.amount_micro), 0)).where(
        TopUp.org_id == org_id, TopUp.auto_month == month, TopUp.status == TopUpStatus.SUCCEEDED
    )
    return Money(int(db.session.scalar(query) or 0), currency)


def level_of(amount: Money, cap: Money) -> int | None:
    """The highest level that so much of the cap has reached."""
    return next((level for level in LEVELS if amount.micro * 100 >= cap.micro * level), None)
