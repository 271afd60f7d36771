"""What the wallet has, what calls in progress hold of it, and how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, and_, bindparam, func, select

from app.billing import calling, catalog, holds, ledger
from app.billing.calling import PauseReason
from app.billing.money import Money
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
from app.models.columns import utc_now

PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What one call in progress holds, and what it has used of that; `until` is when its lease ends.

    `has_story` where the platform named the call, and not the hold alone.
    """

    id: UUID
    call: str
    agent: str
    campaign: str
    amount: Money
    used: Money
    since: datetime
    until: datetime
    has_story: bool


@dataclass(frozen=True, slots=True)
class Runway:
    """How long available credit lasts at the pace of the last days."""

    hours: int
    runs_out_at: datetime

    @property
    def text(self) -> str:
        if self.hours < 1:
            return "Less than an hour at the pace of the last 7 days"
        if self.hours < 48:
            return (
                f"About {self.hours} {'hour' if self.hours == 1 else 'hours'} at the pace of the last 7 days"
            )
        if self.hours > 24 * 365:
            return "More than a year at the pace of the last 7 days"
        return f"About {round(self.hours / 24)} days at the pace of the last 7 days"


@dataclass(frozen=True, slots=True)
class BalanceView:
    """The three figures that explain each other: available is posted less held.

    `reason` is why calling is paused, and `paused_by` is REFUND or DISPUTE where that is what took the last of the
    credit.
    """

    available: Money
    posted: Money
    held: Money
    holds: tuple[HeldBy, ...]
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
    """The balance of an organization, in one statement; in two where the `pace` of spending isn't given.

    Where a lease is over, that is written down first, and committed.
    """
    rows = _read(organization)
    now = utc_now()
    if any(hold is not None and hold.expires_at <= now for _, hold, _ in rows):
        holds.expire(organization.id, at=now)
        db.session.commit()
        rows = _read(organization)
    wallet = rows[0][0]
    if pace is None:
        pace = pace_of(organization)
    return BalanceView(
        available=wallet.available,
        posted=wallet.posted,
        held=wallet.held,
        holds=tuple(_held_by(hold, wallet.currency) for _, hold, _ in rows if hold is not None),
        state=wallet.state,
        reason=calling.reason_of(wallet.posted_micro, wallet.held_micro),
        threshold=wallet.low_threshold,
        paused_since=wallet.paused_at,
        paused_by=rows[0][2],
        missing=calling.missing_to_call(wallet.available, least=catalog.current().top_up.minimum),
        runway=_runway(wallet.available, pace),
        version=wallet.version,
    )


def _read(organization: Organization) -> Sequence[Any]:
    return db.session.execute(
        _with_holds(), {"of": organization.id}, execution_options={"populate_existing": True}
    ).all()


@cache
def _with_holds() -> Executable:
    """Built once: pages ask it with each view and change."""
    return (
        select(Wallet, Hold, _paused_by())
        .outerjoin(Hold, and_(Hold.org_id == Wallet.org_id, Hold.state == HoldState.ACTIVE))
        .where(Wallet.org_id == bindparam("of"))
        .order_by(Hold.created_at)
    )


def pace_of(organization: Organization) -> Money:
    """What was spent on the last seven whole days together."""
    first, last = pace_window(organization)
    query = select(func.coalesce(func.sum(UsageDaily.amount_micro), 0)).where(
        UsageDaily.org_id == organization.id, UsageDaily.day.between(first, last)
    )
    return Money(int(db.session.scalar(query) or 0), organization.currency)


def pace_window(organization: Organization) -> tuple[date, date]:
    """The first and the last of the seven days before today, in the organization's zone."""
    today = ledger.local_day_of(organization)
    return today - timedelta(days=PACE_DAYS), today - timedelta(days=1)


def _runway(available: Money, pace: Money) -> Runway | None:
    if available.micro <= 0 or pace.micro <= 0:
        return None
    hours = available.micro * PACE_DAYS * 24 // pace.micro
    return Runway(hours, utc_now() + timedelta(hours=min(hours, 24 * 3650)))


def _paused_by() -> Any:
    """The kind of what Stripe took back at the moment at which calling paused; NULL where nothing was."""
    return (
        select(WalletLine.kind)
        .where(WalletLine.org_id == Wallet.org_id, WalletLine.at == Wallet.paused_at)
        .where(WalletLine.kind.in_([TransferKind.REFUND, TransferKind.DISPUTE]))
        .limit(1)
        .correlate(Wallet)
        .scalar_subquery()
    )


def _held_by(hold: Hold, currency: str) -> HeldBy:
    return HeldBy(
        id=hold.id,
        call=hold.call or hold.key,
        agent=hold.agent or "",
        campaign=hold.campaign or "",
        amount=Money(hold.amount_micro, currency),
        used=Money(hold.used_micro, currency),
        since=hold.created_at,
        until=hold.expires_at,
        has_story=hold.call is not None,
    )
