"""The running balance of the wallet's history, as SQL: from what transfers stored, without adding anything up."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import aliased

from app.models import Transfer, WalletLine


@cache
def later_usage() -> Any:
    """Usage lines of the line's day that are above it."""
    other = aliased(WalletLine)
    return (
        select(other.seq)
        .where(other.org_id == WalletLine.org_id, other.day == WalletLine.day, other.usage_group.is_not(None))
        .where(other.seq > WalletLine.seq)
        .correlate(WalletLine)
    )


@cache
def by_day() -> Any:
    """The sum of this and all older lines, where a day's usage is one line, at the place of its newest.

    It is the balance after the line's newest transfer, less what the day's usage had by then where that is above it.
    """
    other = aliased(WalletLine)
    had = (
        select(func.coalesce(func.sum(_had_by_then(other)), 0))
        .where(other.org_id == WalletLine.org_id, other.day == WalletLine.day, other.usage_group.is_not(None))
        .where(other.first_seq < WalletLine.seq, later_usage().exists())
        .correlate(WalletLine)
        .scalar_subquery()
    )
    return cast(_balance_after() - had, BigInteger)


@cache
def by_line() -> Any:
    """The sum of this and all older lines, without adding them up.

    It is the balance after the line's newest transfer, less what the day's other usage lines, which are still growing
    and so are listed above this one, had by then.
    """
    other = aliased(WalletLine)
    still_growing = (
        select(func.coalesce(func.sum(_had_by_then(other)), 0))
        .where(other.org_id == WalletLine.org_id, other.day == WalletLine.day, other.usage_group.is_not(None))
        .where(other.seq > WalletLine.seq, other.first_seq < WalletLine.seq)
        .correlate(WalletLine)
        .scalar_subquery()
    )
    return cast(_balance_after() - still_growing, BigInteger)


def _had_by_then(other: Any) -> Any:
    """What another line amounted to before the line's newest transfer."""
    its = aliased(Transfer)
    return (
        select(its.line_after_micro)
        .where(its.org_id == other.org_id, its.line_id == other.id, its.seq < WalletLine.seq)
        .order_by(its.seq.desc())
        .limit(1)
        .correlate(other, WalletLine)
        .scalar_subquery()
    )


def _balance_after() -> Any:
    """The wallet's balance after the line's newest transfer."""
    transfer = aliased(Transfer)
    return (
        select(transfer.balance_after_micro)
        .where(transfer.org_id == WalletLine.org_id, transfer.seq == WalletLine.seq)
        .correlate(WalletLine)
        .scalar_subquery()
    )
