"""The statements that read the wallet's history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.billing.activity import history_balances as balances
from app.billing.activity.filters import Filters
from app.clock import utc_now
from app.models import (
    Organization,
    PaymentMethod,
    TopUp,
    TopUpStatus,
    TransferKind,
    UsageByMeter,
    UsageGroup,
    WalletLine,
)

OPEN_SHOWN = 25
NOT_CONFIRMED = "payment_intent_authentication_failure"
"""Stripe's code for a payment that the payer did not confirm with their bank, and our status for it."""
_DECLINED_SHOWN_FOR = timedelta(hours=24)


def values_of(organization: Organization) -> dict[str, Any]:
    """The named parameters of this module's statements."""
    return {
        "of": organization.id,
        "zone": organization.timezone,
        "declined_after": utc_now() - _DECLINED_SHOWN_FOR,
    }


@cache
def newest() -> Select[Any]:
    """The newest `count` lines, with the open top-ups on top. Built once, because each view of the Overview runs
    it."""
    return with_open_top_ups(newest_first(posted(Filters())).limit(bindparam("count")))


def with_open_top_ups(posted_lines: Select[Any]) -> Select[Any]:
    """The lines of the ledger with the top-ups that are not in it: open ones on top, declined ones by their time."""
    both = union_all(_open_top_ups().subquery().select(), posted_lines.subquery().select()).subquery()
    is_open = both.c.status.in_([TopUpStatus.PAYING.value, TopUpStatus.ACTION.value])
    return select(both).order_by(is_open.desc(), both.c.at.desc(), both.c.position.desc().nulls_last())


def posted(
    filters: Filters,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int | None = None,
    by_day: bool = False,
) -> Select[Any]:
    """Lines of the ledger with their running balance and, for usage, the quantities by meter.

    Only those older than position `before`, or newer than `after`, where given; at most `size` will be read of them.
    `by_day`: of each day's usage only the newest line, which stands for all of them (`usage_of`).
    """
    line = WalletLine
    figures = (balances.by_day(), null()) if by_day else (balances.by_line(), _quantities())
    query = select(*_columns(*figures)).where(line.org_id == bindparam("of"))
    if by_day:
        query = query.where(line.usage_group.is_(None) | ~balances.later_usage().exists())
    return query.where(*_conditions(filters, before=before, after=after, size=size))


def usage_of(days: Collection[date]) -> Select[Any]:
    """The lines of usage of these days. What is below each is in no running balance of theirs."""
    line = WalletLine
    wanted = (line.org_id == bindparam("of"), line.usage_group.is_not(None), line.day.in_(days))
    return select(*_columns(cast(null(), BigInteger), _quantities())).where(*wanted)


def _columns(balance: Any, quantities: Any) -> list[Any]:
    """What is read of a line, beside its running balance and what of each meter it stands for."""
    line = WalletLine
    return [
        line.id,
        line.seq.label("position"),
        line.at,
        line.day,
        cast(line.kind, String).label("kind"),
        cast(line.usage_group, String).label("usage_group"),
        line.amount_micro.label("amount"),
        line.top_up_id,
        line.detail,
        balance.label("balance"),
        cast(quantities, JSONB).label("quantities"),
        literal("posted").label("status"),
        cast(null(), String).label("brand"),
    ]


def newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(WalletLine.seq.desc())


def oldest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(WalletLine.seq.asc())


def _conditions(
    filters: Filters, *, before: int | None, after: int | None, size: int | None
) -> list[ColumnElement[bool]]:
    line = WalletLine
    found: list[ColumnElement[bool]] = []
    if before is not None:
        found.append(line.seq < before)
    if after is not None:
        found.append(line.seq > after)
    if filters.first_day:
        found.append(line.seq >= _position_of(filters.first_day, is_first=True))
    if filters.last_day:
        found.append(line.seq <= _position_of(filters.last_day, is_first=False))
    if filters.group:
        found.append(line.usage_group == UsageGroup(filters.group))
    if filters.is_contradictory:
        return [false()]
    if len(filters.kinds) == 1 or (filters.kinds and size is None):
        found.append(line.kind.in_(filters.kinds))
    elif filters.kinds:
        # One index has each kind in the order of positions, so each is read by itself and no further than needed.
        order = line.seq.asc() if after is not None else line.seq.desc()
        own = select(line.seq).where(line.org_id == bindparam("of"), *found).order_by(order).limit(size)
        of_kind = [own.where(line.kind == kind) for kind in filters.kinds]
        found = [line.seq.in_(union_all(*(one.subquery().select() for one in of_kind)))]
    return found


def _position_of(day: date, *, is_first: bool) -> Any:
    """The first position of a day or a later one, or the last of it or an earlier one.

    Days of posting never go backward, so a range of days is a range of positions.
    """
    line = aliased(WalletLine)
    query = select(line.seq).where(line.org_id == bindparam("of"))
    if is_first:
        query = query.where(line.day >= day).order_by(line.day, line.seq)
    else:
        query = query.where(line.day <= day).order_by(line.day.desc(), line.seq.desc())
    return query.limit(1).scalar_subquery()


@cache
def _quantities() -> Any:
    """For a usage line, the units of each meter posted on its day, with 1 where all were used on one day and NULL
    where some were late; NULL for other lines."""
    on_one_day = func.min(UsageByMeter.day) == func.max(UsageByMeter.day)
    by_meter = (
        select(
            UsageByMeter.meter,
            func.sum(UsageByMeter.quantity).label("units"),
            case((on_one_day, 1)).label("days"),
        )
        .where(UsageByMeter.org_id == WalletLine.org_id, UsageByMeter.posted_on == WalletLine.day)
        .where(WalletLine.usage_group.is_not(None), ~UsageByMeter.is_correction)
        .group_by(UsageByMeter.meter)
        .correlate(WalletLine)
        .subquery()
    )
    units_and_days = func.jsonb_build_array(by_meter.c.units, by_meter.c.days)
    return select(func.jsonb_object_agg(by_meter.c.meter, units_and_days)).scalar_subquery()


def _open_top_ups() -> Select[Any]:
    """Top-ups that are not in the ledger: still open, or declined not long ago."""
    shown = (TopUp.status.in_([TopUpStatus.PAYING, TopUpStatus.ACTION])) | (
        (TopUp.status == TopUpStatus.DECLINED) & (TopUp.claimed_at > bindparam("declined_after"))
    )
    return (
        select(
            TopUp.id,
            cast(null(), BigInteger).label("position"),
            TopUp.claimed_at.label("at"),
            func.date(func.timezone(bindparam("zone"), TopUp.claimed_at)).label("day"),
            literal(TransferKind.TOP_UP.value).label("kind"),
            cast(null(), String).label("usage_group"),
            TopUp.amount_micro.label("amount"),
            TopUp.id.label("top_up_id"),
            PaymentMethod.last4.label("detail"),
            cast(null(), BigInteger).label("balance"),
            cast(null(), JSONB).label("quantities"),
            case(
                (TopUp.decline_code == NOT_CONFIRMED, NOT_CONFIRMED), else_=cast(TopUp.status, String)
            ).label("status"),
            PaymentMethod.brand,
        )
        .join(
            PaymentMethod,
            (PaymentMethod.org_id == TopUp.org_id) & (PaymentMethod.id == TopUp.payment_method_id),
        )
        .where(TopUp.org_id == bindparam("of"), shown, TopUp.claimed_at.is_not(None))
        .order_by(TopUp.claimed_at.desc())
        .limit(OPEN_SHOWN)
    )
