"""All invoices of an organization, newest first: by year and status, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import TIMESTAMP, ColumnElement, Select, cast, func, select

from app import cursor
from app.billing.invoices import records as invoices
from app.billing.invoices.records import InvoiceView
from app.cursor import Cursor
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, StatementHead
from app.money import Money
from app.months import Month

PAGE = 25
_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """What to show: a calendar year in the organization's zone, a status. None: all."""

    year: int | None = None
    status: InvoiceStatus | None = None

    def __bool__(self) -> bool:
        return self.year is not None or self.status is not None


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """A page of invoices, with cursors to the previous and next page; `years` are those that have invoices.

    `has_all`: the organization has no others.
    """

    invoices: list[InvoiceView]
    newer: Cursor | None
    older: Cursor | None
    filters: InvoiceFilters
    years: list[int]
    has_all: bool = False


def page(
    organization: Organization,
    filters: InvoiceFilters,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
) -> InvoicePage:
    """The invoices older than `before`, or newer than `after`, or the newest. Two statements; one where that is all
    of them."""
    wanted = _filtered(organization, filters)
    found = cursor.page(wanted, Invoice.issued_at, Invoice.id, size=PAGE, before=before, after=after)
    rows = [invoices.view(invoice) for invoice in found.rows]
    has_all = before is None and not filters and found.newer is None and found.older is None
    return InvoicePage(
        rows,
        newer=found.newer,
        older=found.older,
        filters=filters,
        years=_years_of(organization, rows) if has_all else _years(organization),
        has_all=has_all,
    )


def list_open(organization: Organization, page: InvoicePage | None = None) -> list[InvoiceView]:
    """What is to be paid, oldest first; at most a page. One statement, or none where the `page` has all invoices."""
    if page is not None and page.has_all:
        return [one for one in reversed(page.invoices) if one.is_open]
    query = (
        select(Invoice)
        .where(Invoice.org_id == organization.id, Invoice.status == InvoiceStatus.OPEN)
        .order_by(Invoice.issued_at, Invoice.id)
        .limit(PAGE)
    )
    return [invoices.view(invoice) for invoice in db.session.scalars(query)]


def list_for_month(organization: Organization, month: Month) -> list[InvoiceView]:
    """The invoices that were issued in a month of the organization's zone, oldest first. One statement.

    The list of a past month never changes: voided ones are included, and a month ends where it ended in the zone of
    its statement (`StatementHead`), whatever zone came later. The next one begins there, so that none is in two.
    """
    query = (
        select(Invoice)
        .where(Invoice.org_id == organization.id)
        .where(
            Invoice.issued_at >= _end(organization, month.before),
            Invoice.issued_at < _end(organization, month),
        )
        .order_by(Invoice.issued_at, Invoice.id)
    )
    return [invoices.view(invoice) for invoice in db.session.scalars(query)]


def _end(organization: Organization, month: Month) -> ColumnElement[datetime]:
    """When a month was over: in the zone stored for its statement, or in that of now where none had to be stored."""
    stored = select(StatementHead.timezone).where(
        StatementHead.org_id == organization.id, StatementHead.month == month.first
    )
    zone = func.coalesce(stored.scalar_subquery(), organization.timezone)
    midnight = datetime.combine(month.last + timedelta(days=1), time())
    return func.timezone(zone, cast(midnight, TIMESTAMP(timezone=False)))


def find(organization: Organization, part: str, amount: Money | None, *, most: int) -> list[InvoiceView]:
    """The newest of the invoices whose number has this part, or of this amount. Looks through 500."""
    newest = (
        select(Invoice.id)
        .where(Invoice.org_id == organization.id)
        .order_by(Invoice.issued_at.desc(), Invoice.id.desc())
        .limit(_SEARCHED)
    )
    wanted = Invoice.number.icontains(part, autoescape=True)
    if amount is not None:
        wanted |= (Invoice.amount_micro == amount.micro) & (Invoice.currency == amount.currency)
    query = (
        select(Invoice)
        .where(Invoice.org_id == organization.id, Invoice.id.in_(newest), wanted)
        .order_by(Invoice.issued_at.desc(), Invoice.id.desc())
        .limit(most)
    )
    return [invoices.view(invoice) for invoice in db.session.scalars(query)]


def _filtered(organization: Organization, filters: InvoiceFilters) -> Select[Any]:
    query = select(Invoice).where(Invoice.org_id == organization.id)
    if filters.status is not None:
        query = query.where(Invoice.status == filters.status)
    if filters.year is not None:
        zone = ZoneInfo(organization.timezone)
        first, last = (datetime(filters.year + more, 1, 1, tzinfo=zone) for more in (0, 1))
        query = query.where(Invoice.issued_at >= first, Invoice.issued_at < last)
    return query


def _years_of(organization: Organization, rows: list[InvoiceView]) -> list[int]:
    return sorted({organization.local_day(one.issued_at).year for one in rows}, reverse=True)


def _years(organization: Organization) -> list[int]:
    year = func.extract("year", func.timezone(organization.timezone, Invoice.issued_at))
    query = select(year).where(Invoice.org_id == organization.id).distinct().order_by(year.desc())
    return [int(found) for found in db.session.scalars(query)]
