"""Credit that expires: what is left of a lot is taken out of the wallet, as a transfer of its own.

A lot ends exactly at its time, no matter who notices, and how late: usage posted later is never drawn from it. Code
that has a wallet locked and relies on its credit settles it first, as for leases
(`app.billing.wallet.calling_state.reassess`); a job looks every few seconds. Its transfer is posted at that time,
too, but never in a month that is over when it is noticed: the statement of that one is final.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.billing.platform import messages
from app.billing.wallet import ledger
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots import drawing
from app.extensions import db
from app.models import AccountName, CreditLot, Organization, TransferKind, Wallet
from app.money import Money
from app.months import Month


def find_due(at: datetime, *, among: Collection[UUID] | None = None) -> list[UUID]:
    """List the organizations, or those `among` some, whose credit has expired and is still in the wallet."""
    due = select(Wallet.org_id).where(Wallet.credit_expires_at <= at)
    if among is not None:
        due = due.where(Wallet.org_id.in_(among))
    return list(db.session.scalars(due))


def settle(wallet: Wallet, at: datetime) -> None:
    """Take credit that has expired at `at` out of a locked wallet. One comparison if there is none."""
    if wallet.credit_expires_at is None or wallet.credit_expires_at > at:
        return
    drawing.draw(wallet)
    over = select(CreditLot).where(
        CreditLot.org_id == wallet.org_id, CreditLot.ended_at.is_(None), CreditLot.expires_at <= at
    )
    for lot in db.session.scalars(over.order_by(CreditLot.expires_at, CreditLot.seq)).all():
        if lot.left_micro > 0:
            _take_out(wallet, lot, at)
        lot.ended_at = lot.expires_at
    plan_next(wallet)


def open_newest(wallet: Wallet, expires_at: datetime | None) -> CreditLot:
    """The lot of the credit that was just posted on a locked wallet, which expires then; None: never."""
    drawing.draw(wallet)
    lot = db.session.scalars(
        select(CreditLot).where(CreditLot.org_id == wallet.org_id, CreditLot.seq == wallet.last_seq)
    ).one()
    if expires_at is not None:
        lot.expires_at = expires_at
        plan_next(wallet)
    return lot


def plan_next(wallet: Wallet) -> None:
    """Note when the next lot of a locked wallet expires."""
    db.session.flush()
    query = select(func.min(CreditLot.expires_at)).where(
        CreditLot.org_id == wallet.org_id, CreditLot.ended_at.is_(None)
    )
    wallet.credit_expires_at = db.session.scalar(query)
    wallet.version += 1
    db.session.flush()


def _take_out(wallet: Wallet, lot: CreditLot, noticed_at: datetime) -> None:
    left, expires_at = Money(lot.left_micro, wallet.currency), lot.expires_at or lot.granted_at
    entry = Entry(
        kind=TransferKind.EXPIRY,
        source=f"lot:{lot.seq}",
        debit=AccountName.WALLET,
        credit=AccountName.EXPIRED,
        amount=left,
        at=max(expires_at, _month_began(wallet.org_id, noticed_at)),
        detail=lot.note,
    )
    ledger.post(wallet, entry)
    drawing.draw(wallet)
    available = wallet.available
    messages.credit_expired(
        wallet.org_id, kind=lot.kind.value, expired=left, available=available, at=expires_at
    )


def _month_began(org_id: UUID, at: datetime) -> datetime:
    """When the month of `at` began in the organization's time zone."""
    organization = db.session.get_one(Organization, org_id)
    first = Month.of(organization.local_day(at)).first
    return datetime.combine(first, time(), ZoneInfo(organization.timezone))
