"""Which rollups a selection of usage consists of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import InstrumentedAttribute

from app.billing import catalog
from app.billing.activity.filters import Filters
from app.billing.catalog import meters
from app.extensions import db
from app.models import Organization, TransferKind, UsageGroup, UsageRollup


def conditions(organization: Organization, filters: Filters) -> list[ColumnElement[bool]]:
    """What rows of the organization's rollups have to meet; each name is found by its own index."""
    row = UsageRollup
    found: list[ColumnElement[bool]] = [row.org_id == organization.id]
    for name, value in filters.names.items():
        column: InstrumentedAttribute[str] = getattr(row, name)
        # The indexes leave out rows without a name, which the database only knows if it is said.
        found += [column == value, column != ""]
    if filters.first_day:
        found.append(row.posted_on >= filters.first_day)
    if filters.last_day:
        found.append(row.posted_on <= filters.last_day)
    if filters.group:
        found.append(is_of_group(row.meter, filters.group))
    if filters.kind is TransferKind.USAGE:
        found.append(~row.is_correction)
    elif filters.kind is TransferKind.ADJUSTMENT:
        found.append(row.is_correction.is_(True))
    elif filters.kind is not None:
        found.append(false())
    return found


def is_of_group(meter: InstrumentedAttribute[str], group: str) -> ColumnElement[bool]:
    """Whether a meter is of a group, or no longer offered."""
    current = catalog.current().meters.items()
    return meter.not_in(sorted(key for key, one in current if one.group is not UsageGroup(group)))


def is_in(filters: Filters, meter: str) -> bool:
    """Whether a meter is of the group that is wanted, also one that is no longer offered."""
    return not filters.group or meters.get_meter(meter).group.value == filters.group


def list_days(wanted: list[ColumnElement[bool]], *, newest: bool, most: int) -> list[date]:
    """The newest days that have something, or the oldest ones, in that order."""
    order: Any = UsageRollup.posted_on.desc() if newest else UsageRollup.posted_on.asc()
    query = select(UsageRollup.posted_on).where(*wanted).distinct().order_by(order).limit(most)
    return list(db.session.scalars(query))


def each_day(wanted: list[ColumnElement[bool]], *, chunk: int = 31) -> Iterator[date]:
    """Every day that has something, the newest first, some at a time."""
    days = list_days(wanted, newest=True, most=chunk)
    while days:
        yield from days
        days = list_days([*wanted, UsageRollup.posted_on < days[-1]], newest=True, most=chunk)
