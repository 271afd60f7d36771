"""Tells people before credit expires: 30 days, 7 days and a day before, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.billing.mail import notices
from app.billing.wallet import ledger, lots
from app.clock import utc_now
from app.extensions import db
from app.language.stored import for_storage
from app.models import CreditLot, Organization
from app.money import Money
from app.notify.emails import CreditExpiring
from app.one_by_one import one_by_one

NOTICE_DAYS = (1, 7, 30)
"""How many days before their last one lots are told of, nearest first."""

_LONGEST_SECONDS = 3600
"""How long a run over all lots may take; the rest is left for the next day."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """What is left of the credit that expires next: of which kind, and through which day it can be used."""

    amount: Money
    label: str
    last_day: date


def notify_all(at: datetime | None = None) -> int:
    """Write the notices that are due for all lots; returns how many were looked at. Commits one by one.

    Repeating it writes nothing twice, and missed days are made up for with one notice. Nothing is said of a lot
    that is used up.
    """
    now = at or utc_now()
    query = (
        select(CreditLot.org_id, CreditLot.id)
        .where(CreditLot.ended_at.is_(None), CreditLot.expires_at > now)
        .where(CreditLot.expires_at <= now + timedelta(days=max(NOTICE_DAYS) + 2))
    )
    found = [(org_id, lot_id) for org_id, lot_id in db.session.execute(query)]
    one_by_one("tell_of_expiring_credit", found, lambda one: _notify(*one, now), seconds=_LONGEST_SECONDS)
    return len(found)


def last_day_of(organization: Organization, expires_at: datetime) -> date:
    """The last day on which credit can be used, in the organization's time zone."""
    return organization.local_day(expires_at - timedelta(microseconds=1))


def find_next(organization: Organization) -> Expiring | None:
    """What expires next; None if nothing does. One statement, and more only where usage is still to be drawn."""
    lot = _next_of(organization)
    if lot is not None:
        wallet = ledger.lock(organization.id)
        lots.drawing.draw(wallet)
        lot = _next_of(organization)
    if lot is None or lot.expires_at is None:
        return None
    return Expiring(
        Money(lot.left_micro, organization.currency),
        lot.kind.label,
        last_day_of(organization, lot.expires_at),
    )


def _next_of(organization: Organization) -> CreditLot | None:
    used_up = CreditLot.drawn_micro + CreditLot.withdrawn_micro + CreditLot.expired_micro
    query = (
        select(CreditLot)
        .where(CreditLot.org_id == organization.id, CreditLot.amount_micro > used_up)
        .where(CreditLot.ended_at.is_(None), CreditLot.expires_at > utc_now())
        .order_by(CreditLot.expires_at, CreditLot.seq)
        .limit(1)
    )
    return db.session.scalars(query).first()


def _notify(org_id: UUID, lot_id: UUID, now: datetime) -> None:
    organization = db.session.get_one(Organization, org_id)
    lots.drawing.draw(ledger.lock(organization.id))
    lot = db.session.get_one(CreditLot, (org_id, lot_id))
    if lot.expires_at is None or lot.left_micro <= 0:
        return
    last_day = last_day_of(organization, lot.expires_at)
    left = (last_day - organization.local_day(now)).days
    notice = next((days for days in NOTICE_DAYS if 0 <= left <= days), None)
    if notice is None:
        return
    with for_storage():
        email = CreditExpiring(
            amount=Money(lot.left_micro, organization.currency),
            credit=lot.kind.label,
            note=lot.note,
            last_day=last_day,
            days_left=left,
        )
    notices.to_everyone(organization, email, source=f"{lot.id}:{notice}")
