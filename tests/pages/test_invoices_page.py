"""All invoices: by year and status, page by page, each with its page and PDF at Stripe."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing import statements
from app.billing.invoices import listing
from app.cursor import Cursor
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, Subscription, SubscriptionStatus, TransferKind
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.browsing import links_of, text_of, text_on_wide_screen
from tests.support.moving import post, use
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.subscriptions import Period


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def an_invoice(
    organization: Organization, number: str, issued_at: datetime, status: InvoiceStatus = InvoiceStatus.PAID
) -> Invoice:
    invoice = subscriptions.record_invoice(
        organization,
        stripe_id=f"in_{number}",
        number=number,
        description="Growth",
        amount=usd("99"),
        issued_at=issued_at,
        paid=True,
    )
    invoice.status = status
    db.session.commit()
    return invoice


def numbers(html: str) -> list[str]:
    return re.findall(r"invoice (HD-\d+) \(", html)[::2]


def test_it_is_filtered_by_the_year_of_the_organization_s_own_zone(app: Flask, owner: Owner) -> None:
    owner.organization.timezone = "America/New_York"
    an_invoice(owner.organization, "HD-1", at("2026-01-01 04:59"))
    an_invoice(owner.organization, "HD-2", at("2026-01-01 05:00"))
    page = owner.get("/workplace/invoices?year=2025")
    assert numbers(page.text) == ["HD-1"]
    assert numbers(owner.get("/workplace/invoices?year=2026").text) == ["HD-2"]
    assert re.findall(r"<option[^>]*>(\d{4})", page.text) == ["2026", "2025"]


def test_it_is_filtered_by_status_and_open_ones_can_be_paid(app: Flask, owner: Owner) -> None:
    an_invoice(owner.organization, "HD-1", at("2026-01-01 08:00"))
    an_invoice(owner.organization, "HD-2", at("2026-02-01 08:00"), InvoiceStatus.OPEN)
    page = owner.get("/workplace/invoices?status=open")
    assert numbers(page.text) == ["HD-2"]
    assert "Pay invoice HD-2 (opens in a new tab)" in text_of(page)
    assert "View invoice HD-1 (opens in a new tab)" in text_of(owner.get("/workplace/invoices"))


def test_what_is_to_be_paid_comes_first(app: Flask, owner: Owner) -> None:
    an_invoice(owner.organization, "HD-1", at("2026-01-01 08:00"), InvoiceStatus.OPEN)
    for number in range(2, 40):
        an_invoice(owner.organization, f"HD-{number}", at("2026-02-01 08:00") + timedelta(hours=number))
    page = owner.get("/workplace/invoices")
    assert "To pay $99.00 Growth Invoice HD-1 of Jan 1" in text_of(page)
    assert "Pay $99.00 for invoice HD-1 (opens in a new tab)" in text_of(page)
    older = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert older
    for address in (older[1].replace("&amp;", "&"), "/workplace/invoices?status=paid"):
        assert "To pay" not in text_of(owner.get(address)), "said once, where one begins"


def test_a_renewal_is_paid_in_place(app: Flask, owner: Owner, sandbox: Sandbox) -> None:
    an_invoice(owner.organization, "HD-1", at("2026-01-01 08:00"), InvoiceStatus.OPEN)
    today = owner.organization.local_day()
    subscriptions.subscribe(owner.organization, "growth", period=Period(today, today + timedelta(days=30)))
    row = db.session.get_one(Subscription, (owner.organization.id,))
    row.status = SubscriptionStatus.PAST_DUE
    db.session.commit()
    page = owner.get("/workplace/invoices")
    assert "/billing/renewal" in links_of(page.text)
    assert "Pay $99.00 for invoice HD-1 (opens" not in text_of(page)


def test_months_are_a_table_and_most_of_many_are_folded_away(app: Flask, owner: Owner) -> None:
    post(owner.organization, TransferKind.TOP_UP, usd("50"), at("2025-06-20 12:00"))
    use(owner.organization, 100_001, at("2025-06-21 08:00"))
    page = owner.get("/workplace/invoices")
    said = text_on_wide_screen(page)
    assert "June 2025 $0.00 +$50.00 \u2212$1.20 $48.80 PDF of June 2025 CSV of June 2025" in said
    months = len(statements.list_months(owner.organization))
    assert f"{months - 12} earlier months" in said
    assert len(re.findall(r"statements/\d{4}-\d\d\.csv", page.text)) == months


def test_filters_that_match_nothing_say_so_and_can_be_dropped(app: Flask, owner: Owner) -> None:
    an_invoice(owner.organization, "HD-1", at("2026-01-01 08:00"))
    page = text_of(owner.get("/workplace/invoices?status=void&year=2026"))
    assert "No invoice matches these filters." in page
    assert "Clear filters" in page


@pytest.mark.parametrize(
    "query",
    [
        *("year=x", "year=99999", "year=02026999", "year=0202600000000000000"),
        *("status=lost", "before=x", "before=20260101T000000.0-", "after=%EF%BB%BF"),
    ],
)
def test_an_address_that_makes_no_sense_shows_everything(app: Flask, owner: Owner, query: str) -> None:
    an_invoice(owner.organization, "HD-1", at("2026-01-01 08:00"))
    assert numbers(owner.get(f"/workplace/invoices?{query}").text) == ["HD-1"]


def test_pages_follow_each_other_without_a_gap_there_and_back(app: Flask, owner: Owner) -> None:
    # Several at the same time: the place names the invoice, too.
    for number in range(1, 61):
        an_invoice(owner.organization, f"HD-{number}", at("2026-01-01 08:00") + timedelta(hours=number // 7))
    everything: list[str] = []
    address: str | None = "/workplace/invoices"
    pages = []
    while address:
        html = owner.get(address).text
        pages.append(numbers(html))
        everything += pages[-1]
        older = re.search(r'rel="next" href="([^"]+)"', html)
        address = older[1].replace("&amp;", "&") if older else None
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len(set(everything)) == 60
    newer = re.search(r'rel="prev" href="([^"]+)"', html)
    assert newer
    assert numbers(owner.get(newer[1].replace("&amp;", "&")).text) == pages[1]


def test_two_statements_whatever_there_is(app: Flask) -> None:
    organization = an_organization()
    for number in range(3):
        an_invoice(organization, f"HD-{number}", at("2026-01-01 08:00"))
    found = listing.page(organization, listing.InvoiceFilters())
    assert (len(found.invoices), found.older, found.newer, found.years) == (3, None, None, [2026])


def test_a_place_is_read_as_it_is_written(app: Flask) -> None:
    invoice = an_invoice(an_organization(), "HD-1", at("2026-01-01 08:00") + timedelta(microseconds=7))
    place = Cursor(invoice.issued_at, invoice.id)
    assert Cursor.parse(str(place)) == place
