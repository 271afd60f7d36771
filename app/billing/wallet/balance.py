"""The wallet's balance, the holds of calls in progress, and the runway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, bindparam, func, select, true
from sqlalchemy.orm import aliased

from app.billing import catalog
from app.billing.wallet import calling_state, holds
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.calls_in_progress import PAGE, HeldBy, in_order
from app.clock import utc_now
from app.extensions import db
from app.models import (
    CallingState,
    Hold,
    HoldState,
    Organization,
    TransferKind,
    UsageDaily,
    Wallet,
    WalletLine,
)
from app.money import Money
from app.transaction import transaction

PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Runway:
    """How long available credit lasts at the recent pace."""

    hours: int
    runs_out_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceView:
    """Available is posted minus held. `calls` are the calls in progress that began first, and `call_count` is the
    number of all.

    `reason` is why calling is paused, and `paused_by` is REFUND or DISPUTE if that used up the credit.
    """

    available: Money
    posted: Money
    held: Money
    calls: tuple[HeldBy, ...]
    call_count: int
    state: CallingState
    reason: PauseReason | None
    threshold: Money | None
    paused_since: datetime | None
    paused_by: TransferKind | None
    missing: Money | None
    runway: Runway | None
    version: int

    @property
    def is_negative(self) -> bool:
        return self.available.micro < 0


def gather(organization: Organization, *, pace: Money | None = None) -> BalanceView:
    """The balance of an organization, in one statement; in two if the `pace` of spending isn't given.

    If a lease or credit has expired, that is recorded first, and committed.
    """
    rows = _read(organization)
    now = utc_now()
    ends = (rows[0].next_end, rows[0].Wallet.credit_expires_at)
    if any(end is not None and end <= now for end in ends):
        with transaction():
            holds.expire(organization.id, at=now)
        rows = _read(organization)
    wallet: Wallet = rows[0].Wallet
    if pace is None:
        pace = pace_of(organization)
    return BalanceView(
        available=wallet.available,
        posted=wallet.posted,
        held=wallet.held,
        calls=tuple(HeldBy.of(row.first, wallet.currency) for row in rows if row.first is not None),
        call_count=rows[0].call_count or 0,
        state=wallet.state,
        reason=calling_state.reason_of(wallet.posted_micro, wallet.held_micro),
        threshold=wallet.low_threshold,
        paused_since=wallet.paused_at,
        paused_by=rows[0].paused_by,
        missing=calling_state.missing_to_call(wallet.available, least=catalog.current().top_up.minimum),
        runway=_runway(wallet.available, pace),
        version=wallet.version,
    )


def _read(organization: Organization) -> Sequence[Any]:
    return db.session.execute(
        _with_holds(), {"of": organization.id}, execution_options={"populate_existing": True}
    ).all()


@cache
def _with_holds() -> Executable:
    """The wallet with the few calls that began first, the number of all calls, and when the next lease ends. Built
    once, because pages run it with each view and change."""
    is_active = and_(Hold.org_id == Wallet.org_id, Hold.state == HoldState.ACTIVE)
    first = aliased(
        Hold, in_order().where(is_active).limit(PAGE).correlate(Wallet).lateral("first_holds"), name="first"
    )
    active = (
        select(func.count().label("call_count"), func.min(Hold.expires_at).label("next_end"))
        .where(is_active)
        .correlate(Wallet)
        .lateral("active")
    )
    return (
        select(Wallet, first, _paused_by().label("paused_by"), active.c.call_count, active.c.next_end)
        .select_from(Wallet)
        .join(active, true())
        .outerjoin(first, true())
        .where(Wallet.org_id == bindparam("of"))
        .order_by(first.created_at, first.id)
    )


def pace_of(organization: Organization) -> Money:
    """The total spending of the last seven whole days."""
    first, last = pace_window(organization)
    query = select(func.coalesce(func.sum(UsageDaily.amount_micro), 0)).where(
        UsageDaily.org_id == organization.id, UsageDaily.day.between(first, last)
    )
    return Money(int(db.session.scalar(query) or 0), organization.currency)


def pace_window(organization: Organization) -> tuple[date, date]:
    """The first and last of the seven days before today, in the organization's time zone."""
    today = organization.local_day()
    return today - timedelta(days=PACE_DAYS), today - timedelta(days=1)


def _runway(available: Money, pace: Money) -> Runway | None:
    if available.micro <= 0 or pace.micro <= 0:
        return None
    hours = available.micro * PACE_DAYS * 24 // pace.micro
    return Runway(hours, utc_now() + timedelta(hours=min(hours, 24 * 3650)))


def _paused_by() -> Any:
    """The kind of clawback at the moment when calling paused; NULL if there was none."""
    return (
        select(WalletLine.kind)
        .where(WalletLine.org_id == Wallet.org_id, WalletLine.at == Wallet.paused_at)
        .where(WalletLine.kind.in_([TransferKind.REFUND, TransferKind.DISPUTE]))
        .limit(1)
        .correlate(Wallet)
        .scalar_subquery()
    )
