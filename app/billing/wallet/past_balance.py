"""What the wallet had when each of the last days began: a part of the statement that reads the balance."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.models import Organization, Transfer, WalletLine

DAYS = 30


def column() -> Any:
    """In a statement about the organization `of`: the posted balance before each day from `first_day` to `last_day`
    in micro-units, as an array; NULL before the first movement."""
    days = (
        func.generate_series(
            bindparam("first_day", type_=Date),
            bindparam("last_day", type_=Date),
            literal_column("interval '1 day'"),
        )
        .table_valued("began")
        .render_derived(name="days")
    )
    day = cast(days.c.began, Date)
    newest = (
        select(WalletLine.seq)
        .where(WalletLine.org_id == bindparam("of"), WalletLine.day < day)
        .order_by(WalletLine.day.desc(), WalletLine.seq.desc())
        .limit(1)
        .correlate(days)
        .scalar_subquery()
    )
    before = (
        select(Transfer.balance_after_micro)
        .where(Transfer.org_id == bindparam("of"), Transfer.seq == newest)
        .correlate(days)
        .scalar_subquery()
    )
    return (
        select(func.array_agg(aggregate_order_by(before, days.c.began))).select_from(days).scalar_subquery()
    )


def values(organization: Organization, now: datetime) -> dict[str, Any]:
    """What `column` is asked with."""
    today = organization.local_day(now)
    return {"first_day": today - timedelta(days=DAYS - 1), "last_day": today}


def read(
    organization: Organization, found: list[int | None] | None, now: datetime
) -> tuple[tuple[datetime, int], ...]:
    """When each day began by the organization's clock, and what the wallet had; without days before the first
    movement."""
    first, zone = values(organization, now)["first_day"], ZoneInfo(organization.timezone)
    return tuple(
        (datetime.combine(first + timedelta(days=number), time(), zone), micro)
        for number, micro in enumerate(found or [])
        if micro is not None
    )
