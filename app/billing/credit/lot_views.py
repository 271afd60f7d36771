"""An organization's credit as people see it: each lot with what is left, in the order of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app import cursor
from app.billing.credit.expiring import last_day_of
from app.billing.wallet import calling_state, ledger, lots
from app.clock import utc_now
from app.extensions import db
from app.models import CreditLot, LotKind, Organization
from app.money import Money

PAGE = 25


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot. `left` may be below zero while a dispute is open; `last_day` is None if it doesn't expire."""

    id: UUID
    seq: int
    kind: LotKind
    note: str
    amount: Money
    used: Money
    withdrawn: Money
    expired: Money
    left: Money
    granted_at: datetime
    expires_at: datetime | None
    last_day: date | None
    has_ended: bool
    top_up_id: UUID | None


@dataclass(frozen=True, slots=True)
class CreditView:
    """`lots` have credit left, in the order of use; `unpaid` is usage that no credit has paid for yet.

    `past` are those without, the newest first; `newer` and `older` lead to the pages beside them.
    """

    lots: tuple[LotView, ...]
    unpaid: Money
    past: tuple[LotView, ...]
    newer: int | None
    older: int | None


def gather(organization: Organization, *, before: int | None = None, after: int | None = None) -> CreditView:
    """The lots as of now; those without credit are older than position `before`, newer than `after`, or the newest.

    Locks the wallet, draws them, and takes out what has expired: the caller commits.
    """
    wallet = ledger.lock(organization.id)
    calling_state.reassess(wallet, utc_now())
    lots.drawing.draw(wallet)
    used_up = CreditLot.drawn_micro + CreditLot.withdrawn_micro + CreditLot.expired_micro
    own = select(CreditLot).where(CreditLot.org_id == organization.id)
    current = db.session.scalars(own.where(CreditLot.amount_micro != used_up)).all()
    past = cursor.page_by_position(
        own.where(CreditLot.amount_micro == used_up), CreditLot.seq, size=PAGE, before=before, after=after
    )
    left = sum(lot.left_micro for lot in current)
    return CreditView(
        lots=tuple(view_of(organization, lot) for lot in sorted(current, key=lots.drawing.in_order)),
        unpaid=Money(left - wallet.posted_micro, organization.currency),
        past=tuple(view_of(organization, lot) for lot in past.rows),
        newer=past.newer,
        older=past.older,
    )


def view_of(organization: Organization, lot: CreditLot) -> LotView:
    """A lot as pages and the API show it."""

    def money(micro: int) -> Money:
        return Money(micro, organization.currency)

    return LotView(
        id=lot.id,
        seq=lot.seq,
        kind=lot.kind,
        note=lot.note,
        amount=money(lot.amount_micro),
        used=money(lot.drawn_micro),
        withdrawn=money(lot.withdrawn_micro),
        expired=money(lot.expired_micro),
        left=money(lot.left_micro),
        granted_at=lot.granted_at,
        expires_at=lot.expires_at,
        last_day=last_day_of(organization, lot.expires_at) if lot.expires_at else None,
        has_ended=lot.ended_at is not None,
        top_up_id=lot.top_up_id,
    )
