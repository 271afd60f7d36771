"""All monthly statements of a wallet in a line each, equal to the statements themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, cast, func, select

from app.extensions import db
from app.models import Organization, TransferKind, WalletLine
from app.money import Money
from app.months import Month


@dataclass(frozen=True, slots=True)
class MonthLine:
    """`opening`, what was `added` less what was `used`, is `closing`. `added` is everything but usage: top-ups and
    credit less refunds, disputes and expiry, so it may be below zero. An open month still grows."""

    month: Month
    is_open: bool
    opening: Money
    added: Money
    used: Money
    closing: Money


def list_months(organization: Organization) -> list[MonthLine]:
    """A line for each month that has a statement, the current one first. One statement to the database."""
    month = cast(func.date_trunc("month", WalletLine.day), Date).label("month")
    is_usage = WalletLine.kind == TransferKind.USAGE
    query = (
        select(
            month,
            func.sum(WalletLine.amount_micro).label("total"),
            func.coalesce(func.sum(WalletLine.amount_micro).filter(is_usage), 0).label("usage"),
        )
        .where(WalletLine.org_id == organization.id)
        .group_by(month)
    )
    sums = {Month.of(row.month): row for row in db.session.execute(query)}
    if not sums:
        return []
    this_month = Month.of(organization.local_day())
    months = list(this_month.back_to(min(sums)))
    return list(_lines(months[::-1], sums, organization.currency))[::-1]


def _lines(months: list[Month], sums: dict[Month, Any], currency: str) -> Iterator[MonthLine]:
    balance = 0
    for month in months:
        row = sums.get(month)
        total, usage = (int(row.total), int(row.usage)) if row else (0, 0)
        yield MonthLine(
            month=month,
            is_open=month == months[-1],
            opening=Money(balance, currency),
            added=Money(total - usage, currency),
            used=Money(-usage, currency),
            closing=Money(balance + total, currency),
        )
        balance += total
