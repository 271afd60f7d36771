"""All invoices, page by page; years and months begin at midnight of the organization's own zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.invoices import listing
from app.billing.invoices.listing import PAGE, InvoiceFilters
from app.billing.invoices.records import InvoiceView
from app.cursor import Cursor
from app.extensions import db
from app.ids import uuid7
from app.models import InvoiceStatus, Organization, TransferKind
from app.months import Month
from app.people.provisioning import Wanted, provision
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.moved_clock import moved_clock
from tests.support.moving import post
from tests.support.statements import statements

EVERYTHING = InvoiceFilters()


def an_invoice(organization: Organization, number: str, issued_at: datetime, *, paid: bool = True) -> None:
    subscriptions.record_invoice(
        organization,
        stripe_id=f"in_{number}",
        number=number,
        description="Growth",
        amount=usd("99"),
        issued_at=issued_at,
        paid=paid,
    )


def numbers(invoices: list[InvoiceView]) -> list[str]:
    return [invoice.number for invoice in invoices]


def test_an_organization_without_invoices_has_an_empty_page_and_no_years(app: Flask) -> None:
    an_invoice(an_organization(), "HD-1", at("2026-01-01 08:00"))
    found = listing.page(an_organization(), EVERYTHING)
    assert (found.invoices, found.newer, found.older, found.years) == ([], None, None, [])


def test_pages_lead_down_to_the_oldest_and_back_up_without_a_gap(app: Flask) -> None:
    """More than two pages, all of one moment, so that only their ids part them."""
    organization = an_organization()
    for number in range(2 * PAGE + 3):
        an_invoice(organization, f"HD-{number}", at("2026-01-01 08:00"))
    db.session.commit()
    first = listing.page(organization, EVERYTHING)
    second = listing.page(organization, EVERYTHING, before=first.older)
    third = listing.page(organization, EVERYTHING, before=second.older)
    assert (len(first.invoices), len(second.invoices), len(third.invoices)) == (PAGE, PAGE, 3)
    seen = numbers(first.invoices + second.invoices + third.invoices)
    assert seen == [f"HD-{number}" for number in reversed(range(2 * PAGE + 3))]
    assert (first.newer, third.older) == (None, None)
    assert listing.page(organization, EVERYTHING, after=third.newer).invoices == second.invoices
    assert listing.page(organization, EVERYTHING, after=second.newer).invoices == first.invoices


def test_exactly_a_page_has_no_older_one(app: Flask) -> None:
    organization = an_organization()
    for number in range(PAGE):
        an_invoice(organization, f"HD-{number}", at("2026-01-01 08:00"))
    assert listing.page(organization, EVERYTHING).older is None


@pytest.mark.parametrize("more", [0, 1])
def test_a_page_with_all_invoices_says_itself_what_is_open_and_of_which_years(app: Flask, more: int) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    an_invoice(organization, "HD-0", at("2026-12-31 09:59"), paid=False)
    for number in range(1, PAGE + more):
        an_invoice(organization, f"HD-{number}", at("2027-01-01 08:00"), paid=number % 2 == 0)
    with statements() as seen:
        found = listing.page(organization, EVERYTHING)
        opened = listing.list_open(organization, found)
    assert (found.has_all, len(seen)) == ((True, 1) if not more else (False, 3))
    assert found.years == listing.page(organization, InvoiceFilters(2027)).years == [2027, 2026]
    assert opened == listing.list_open(organization)
    assert numbers(opened)[0] == "HD-0"
    assert not listing.page(organization, EVERYTHING, before=Cursor(at("2026-01-01 08:00"), uuid7())).has_all
    assert not listing.page(organization, InvoiceFilters(2027)).has_all


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("UTC", "2026-12-31 23:59", "2027-01-01 00:00"),
        ("America/New_York", "2027-01-01 04:59", "2027-01-01 05:00"),
        ("Pacific/Kiritimati", "2026-12-31 09:59", "2026-12-31 10:00"),
    ],
)
def test_a_year_begins_at_midnight_of_the_organizations_zone(
    app: Flask, zone: str, last: str, first: str
) -> None:
    organization = an_organization(timezone=zone)
    an_invoice(organization, "HD-1", at(last))
    an_invoice(organization, "HD-2", at(first))
    for year, number in [(2026, "HD-1"), (2027, "HD-2")]:
        found = listing.page(organization, InvoiceFilters(year=year))
        assert (numbers(found.invoices), found.years) == ([number], [2027, 2026])


def test_filters_apply_together_and_years_stay_to_choose_from(app: Flask) -> None:
    organization = an_organization()
    an_invoice(organization, "HD-1", at("2025-06-01 08:00"), paid=False)
    an_invoice(organization, "HD-2", at("2026-06-01 08:00"), paid=False)
    an_invoice(organization, "HD-3", at("2026-07-01 08:00"))
    found = listing.page(organization, InvoiceFilters(2026, InvoiceStatus.OPEN))
    assert (numbers(found.invoices), found.years) == (["HD-2"], [2026, 2025])
    assert listing.page(organization, InvoiceFilters(2026, InvoiceStatus.VOID)).invoices == []


@pytest.mark.parametrize("year", [1, 9998])
def test_a_year_without_invoices_is_an_empty_page(app: Flask, year: int) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    an_invoice(organization, "HD-1", at("2026-06-01 08:00"))
    assert listing.page(organization, InvoiceFilters(year=year)).invoices == []


@pytest.mark.parametrize(
    ("filters", "is_set"),
    [
        (EVERYTHING, False),
        (InvoiceFilters(year=2026), True),
        (InvoiceFilters(status=InvoiceStatus.OPEN), True),
    ],
)
def test_filters_are_set_where_one_of_them_is(filters: InvoiceFilters, is_set: bool) -> None:
    assert bool(filters) is is_set


def test_a_month_has_what_was_issued_from_its_first_midnight_to_its_last(app: Flask) -> None:
    """In March the clocks of New York go forward, so that it begins at five and ends at four in UTC."""
    organization, other = an_organization(timezone="America/New_York"), an_organization()
    moments = ["2026-03-01 04:59", "2026-03-01 05:00", "2026-04-01 03:59", "2026-04-01 04:00"]
    for number, moment in enumerate(moments):
        an_invoice(organization, f"HD-{number}", at(moment))
    an_invoice(other, "HD-9", at("2026-03-15 08:00"))
    assert numbers(listing.list_for_month(organization, Month(2026, 3))) == ["HD-1", "HD-2"]
    assert listing.list_for_month(organization, Month(2026, 5)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("America/New_York", "Asia/Tokyo"),
        ("Pacific/Auckland", "America/St_Johns"),
        ("UTC", "Pacific/Kiritimati"),
    ],
)
def test_an_invoice_stays_in_the_month_whose_statement_had_it(app: Flask, before: str, after: str) -> None:
    """One each hour around both ends of September, the latter after the zone has changed."""
    organization = an_organization(timezone=before)
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-07-20 12:00"))
    hours = [
        at(f"2026-{day} 00:30") + timedelta(hours=hour) for day in ("08-31", "09-30") for hour in range(48)
    ]
    with moved_clock(at("2026-09-15 12:00")):
        for moment in hours:
            an_invoice(organization, f"{moment:%m-%d-%H}", moment)
        august = numbers(listing.list_for_month(organization, Month(2026, 8)))
        provision(organization.id, Wanted(name="Harbor", timezone=after), Actor("test"))
        db.session.commit()
    with moved_clock(at("2026-10-15 12:00")):
        months = [numbers(listing.list_for_month(organization, Month(2026, month))) for month in (8, 9, 10)]
    assert months[0] == august
    assert [one for month in months for one in month] == [f"{moment:%m-%d-%H}" for moment in hours]
    ends = datetime.combine(date(2026, 10, 1), time(), ZoneInfo(after))
    assert set(months[2]) == {f"{moment:%m-%d-%H}" for moment in hours if moment >= ends}


def test_a_month_keeps_what_was_given_up_since_and_is_read_oldest_first(app: Flask) -> None:
    organization = an_organization()
    an_invoice(organization, "HD-1", at("2026-12-31 23:59"))
    an_invoice(organization, "HD-2", at("2026-12-01 00:00"))
    invoice = subscriptions.record_invoice(
        organization,
        stripe_id="in_void",
        number="HD-3",
        description="Growth",
        amount=usd("99"),
        issued_at=at("2026-12-01 00:00") + timedelta(hours=1),
        paid=False,
    )
    invoice.status = InvoiceStatus.VOID
    db.session.commit()
    with statements() as seen:
        found = listing.list_for_month(organization, Month(2026, 12))
    assert numbers(found) == ["HD-2", "HD-3", "HD-1"]
    assert len([one for one in seen if "FROM invoice" in one]) == 1
