"""The wallet's balance, and the holds of calls in progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, and_, bindparam, case, func, select, true
from sqlalchemy.orm import aliased

from app.billing import catalog
from app.billing.limits import LimitStanding, ceilings, standing
from app.billing.wallet import calling_state, envelope_queries, holds, past_balance
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.calls_in_progress import PAGE, HeldBy, in_order
from app.billing.wallet.credit import Credit
from app.billing.wallet.lots import left
from app.billing.wallet.lots.left import LotsLeft
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AutoTopUp,
    BrakeStop,
    CallingState,
    Hold,
    HoldState,
    LimitSubject,
    Organization,
    SpendForecast,
    TransferKind,
    Wallet,
    WalletLine,
)
from app.money import Money, parts_of, total
from app.transaction import transaction


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """What an open envelope has left for its campaign, until its last day."""

    campaign: str
    left: Money
    until: date


@dataclass(frozen=True, slots=True)
class BalanceView:
    """Available is posted minus held, and minus what is `set_aside` in envelopes.

    `envelopes` are those that are open, and `reserve` the floor of available credit that only inbound calls use.
    `calls` are the calls in progress that began first, and `call_count` is the
    number of all.

    `auto_top_up` is its settings, None where it was never on.
    `forecast` is the stored one that says how long it lasts (`app.billing.forecast`), None if there is none yet, and
    `credit` what may expire before that. `past` is when each of the last days began, and the posted balance then in
    micro-units; empty unless it was asked for.
    `stopped_by` is the limit on spend, or the ceiling of a destination class, by which new calls can't start now:
    that of the organization before others. At `limits_turn_at` time alone may change that, None if it won't.
    `stop` is why automatic charges wait for an owner's answer, if they do (`app.billing.brake`). `reason` is why
    calling is paused, and `paused_by` is REFUND or DISPUTE if that used up the credit.
    """

    available: Money
    posted: Money
    held: Money
    set_aside: Money
    envelopes: tuple[OpenCredit, ...]
    reserve: Money
    is_outbound_paused: bool
    calls: tuple[HeldBy, ...]
    call_count: int
    state: CallingState
    reason: PauseReason | None
    threshold: Money | None
    paused_since: datetime | None
    paused_by: TransferKind | None
    missing: Money | None
    forecast: SpendForecast | None
    credit: LotsLeft
    past: tuple[tuple[datetime, int], ...]
    auto_top_up: AutoTopUp | None
    stop: BrakeStop | None
    stopped_by: LimitStanding | None
    limits_turn_at: datetime | None
    version: int

    @property
    def is_negative(self) -> bool:
        return self.available.micro < 0

    @property
    def to_the_cent(self) -> BalanceView:
        """With figures in whole cents that add up: posted, less what is held and set aside, is available."""
        posted, available = self.posted.to_smallest_unit, self.available.to_smallest_unit
        held, set_aside = parts_of(posted - available, [self.held, self.set_aside])
        exact = total((one.left for one in self.envelopes), self.posted.currency)
        # What has just expired may not be among the envelopes any more.
        whole = set_aside if exact == self.set_aside else exact.to_smallest_unit
        left = parts_of(whole, [one.left for one in self.envelopes])
        envelopes = tuple(replace(one, left=money) for one, money in zip(self.envelopes, left, strict=True))
        return replace(
            self, posted=posted, available=available, held=held, set_aside=set_aside, envelopes=envelopes
        )


def gather(organization: Organization, *, with_past: bool = False) -> BalanceView:
    """The balance of an organization, in one statement.

    If a lease, an envelope or credit has expired, that is recorded first, and committed.
    """
    now = utc_now()
    rows = _read(organization, now, with_past=with_past)
    row = rows[0]
    ends = (row.next_end, row.Wallet.credit_expires_at, row.Wallet.envelope_ends_at)
    if any(end is not None and end <= now for end in ends):
        with transaction():
            holds.expire(organization.id, at=now)
        rows = _read(organization, now, with_past=with_past)
    past = past_balance.read(organization, rows[0].past, now) if with_past else ()
    return _view(rows, past)


def read(organization: Organization) -> BalanceView:
    """The balance as it is stored, in one statement, for within a transaction: what has just expired may count."""
    return _view(_read(organization, utc_now(), with_past=False))


def _view(rows: Sequence[Any], past: tuple[tuple[datetime, int], ...] = ()) -> BalanceView:
    wallet: Wallet = rows[0].Wallet
    limits = _limits(rows[0])
    return BalanceView(
        available=wallet.available,
        posted=wallet.posted,
        held=wallet.held,
        set_aside=wallet.set_aside,
        envelopes=_envelopes(rows[0]),
        reserve=wallet.reserve,
        is_outbound_paused=wallet.is_outbound_paused,
        calls=tuple(HeldBy.of(row.first, wallet.currency) for row in rows if row.first is not None),
        call_count=rows[0].call_count or 0,
        state=wallet.state,
        reason=calling_state.reason_of(Credit.of(wallet)),
        threshold=wallet.low_threshold,
        paused_since=wallet.paused_at,
        paused_by=rows[0].paused_by,
        missing=calling_state.missing_to_call(wallet.available, least=catalog.current().top_up.minimum),
        forecast=rows[0].SpendForecast,
        credit=left.read(wallet, rows[0].lots),
        past=past,
        auto_top_up=rows[0].AutoTopUp,
        stop=rows[0].BrakeStop,
        stopped_by=max(
            (one for one in limits if one.refuses_all),
            key=lambda one: (one.subject is LimitSubject.ORGANIZATION, one.window.lasts),
            default=None,
        ),
        limits_turn_at=min((one.turns_at for one in limits if one.turns_at is not None), default=None),
        version=wallet.version,
    )


def _limits(row: Any) -> list[LimitStanding]:
    """With the ceilings of destination classes; none where no spend is counted."""
    now = utc_now()
    return [*standing.list_read(row.limits, now), *ceilings.list_read(row.ceilings, now)]


def _read(organization: Organization, now: datetime, *, with_past: bool) -> Sequence[Any]:
    asked = {"of": organization.id, "now": now}
    asked |= past_balance.values(organization, now) if with_past else {}
    query = _with_past() if with_past else _with_holds()
    return db.session.execute(query, asked, execution_options={"populate_existing": True}).all()


def _envelopes(row: Any) -> tuple[OpenCredit, ...]:
    currency = row.Wallet.currency
    found = envelope_queries.list_read(row.envelopes)
    return tuple(OpenCredit(one.campaign, Money(one.left_micro, currency), one.until) for one in found)


@cache
def _with_past() -> Executable:
    """The same with what the wallet had before."""
    return _with_holds().add_columns(past_balance.column().label("past"))


@cache
def _with_holds() -> Select[Any]:
    """The wallet with the few calls that began first, the number of all calls, and when the next lease ends; and,
    where the wallet says that there are any: limits, ceilings, open envelopes, and lots of credit. Built once,
    because pages run it with each view and change."""
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
        select(
            Wallet,
            SpendForecast,
            AutoTopUp,
            BrakeStop,
            first,
            _paused_by().label("paused_by"),
            active.c.call_count,
            active.c.next_end,
            case((Wallet.counts_spend, standing.column())).label("limits"),
            case((Wallet.counts_spend, ceilings.column())).label("ceilings"),
            case((Wallet.envelope_ends_at.is_not(None), envelope_queries.column())).label("envelopes"),
            case((Wallet.credit_expires_at.is_not(None), left.column())).label("lots"),
        )
        .select_from(Wallet)
        .outerjoin(SpendForecast, SpendForecast.org_id == Wallet.org_id)
        .outerjoin(AutoTopUp, AutoTopUp.org_id == Wallet.org_id)
        .outerjoin(BrakeStop, and_(BrakeStop.org_id == Wallet.org_id, BrakeStop.answered_at.is_(None)))
        .join(active, true())
        .outerjoin(first, true())
        .where(Wallet.org_id == bindparam("of"))
        .order_by(first.created_at, first.id)
    )


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
