"""The daily limit: the most that an organization tops up in any 24 hours.

Anyone who steals the session of an owner can charge the saved cards, one top-up after the other. The daily limit is
where that ends. It comes from the catalog; an owner lowers it immediately, and raises it with a delay of
`RAISED_AFTER` up to the catalog's; an operator allows more.

Every top-up counts, also one that no person made: those under way (`paying`, and `action`, which waits for the bank),
and those that were settled within the last 24 hours. So a late webhook never makes room, and neither does a refund:
money that went out and came back was still charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.billing import catalog
from app.clock import utc_now
from app.extensions import db
from app.models import DailyLimit, TopUp, TopUpStatus
from app.money import Money, total

WINDOW = timedelta(hours=24)
RAISED_AFTER = timedelta(hours=24)
"""How long raising the limit takes, so that owners who didn't mean it can still lower it again."""

_UNDER_WAY = (TopUpStatus.PAYING, TopUpStatus.ACTION)


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """`limit` now, of at most `most`; from `raised_at` on it is `raised`, if an owner has raised it."""

    limit: Money
    most: Money
    raised: Money | None = None
    raised_at: datetime | None = None

    @property
    def as_text(self) -> str:
        """To know it again."""
        return f"{self.limit.exact} {self.raised.exact if self.raised else '-'}"


@dataclass(frozen=True, slots=True)
class Usage:
    """The limit, what counts toward it now, and what is `left`. `settled` are times and amounts, oldest first."""

    in_force: LimitInForce
    used: Money
    settled: tuple[tuple[datetime, Money], ...]

    @property
    def limit(self) -> Money:
        return self.in_force.limit

    @property
    def left(self) -> Money:
        return max(self.limit - self.used, Money.zero(self.limit.currency))

    def possible_at(self, amount: Money) -> datetime | None:
        """When so much can be topped up, if nothing else is until then; None if it can now, never, or if that depends
        on payments that are under way."""
        used = self.used
        if used + amount <= self.limit:
            return None
        for at, one in self.settled:
            used -= one
            if used + amount <= self.limit:
                return at + WINDOW
        return None

    def refusal(self, amount: Money) -> DailyLimitReachedError | None:
        """The error for topping up so much now; None if the limit leaves it."""
        return DailyLimitReachedError(self, amount) if amount > self.left else None


class DailyLimitReachedError(Exception):
    """The daily limit doesn't leave so much. `possible_at` is when it will, if that is known."""

    def __init__(self, usage: Usage, amount: Money) -> None:
        super().__init__("daily limit reached")
        self.amount = amount
        self.limit, self.left = usage.limit, usage.left
        self.possible_at = usage.possible_at(amount)


def in_force(org_id: UUID, at: datetime) -> LimitInForce:
    """The limit of an organization at a time."""
    row = db.session.get(DailyLimit, org_id, populate_existing=True)
    offered = catalog.current().top_up.daily
    if row is None:
        return LimitInForce(offered, offered)
    currency = offered.currency
    most = offered if row.operator_micro is None else Money(row.operator_micro, currency)
    is_raised = row.raised_at is not None and row.raised_at <= at
    own = row.raised_micro if is_raised else row.own_micro
    limit = most if own is None else min(Money(own, currency), most)
    if row.raised_micro is None or is_raised:
        return LimitInForce(limit, most)
    return LimitInForce(limit, most, min(Money(row.raised_micro, currency), most), row.raised_at)


def gather(org_id: UUID) -> Usage:
    """The limit and what counts toward it now. It can only be relied on while the wallet is locked."""
    now = utc_now()
    limit = in_force(org_id, now)
    is_recent = and_(TopUp.status == TopUpStatus.SUCCEEDED, TopUp.settled_at > now - WINDOW)
    query = (
        select(TopUp.status, TopUp.amount_micro, TopUp.settled_at)
        .where(TopUp.org_id == org_id, or_(TopUp.status.in_(_UNDER_WAY), is_recent))
        .order_by(TopUp.settled_at)
    )
    currency = limit.limit.currency
    found = [(status, Money(micro, currency), at) for status, micro, at in db.session.execute(query)]
    settled = tuple((at, amount) for status, amount, at in found if status is TopUpStatus.SUCCEEDED and at)
    return Usage(limit, total((amount for _, amount, _ in found), currency), settled)


def check(org_id: UUID, amount: Money) -> None:
    """Raise `DailyLimitReachedError` if the limit doesn't leave so much.

    Under the wallet's lock this decides, because no other top-up is claimed meanwhile; without it, it warns early.
    """
    refusal = gather(org_id).refusal(amount)
    if refusal is not None:
        raise refusal
