"""The wallet's monthly statement as a page and as a file."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from flask import Flask

from app.billing import statements
from app.billing.invoices import packed_sums
from app.extensions import db
from app.models import TransferKind
from app.months import Month
from app.payments.invoice_sums import SumKind, SumLine, Sums
from app.web.formatting import money_exact
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.browsing import links_of, text_of, text_on_wide_screen
from tests.support.moving import post, use
from tests.support.paying import Owner
from tests.support.pdfs import packed, words
from tests.support.sandbox import Sandbox

ADDRESS = "/workplace/invoices/statements/2026-09"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    found = Owner(app)
    post(found.organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    use(found.organization, 100_001, at("2026-09-01 08:00"), campaign="=SUM(A1)")
    return found


def test_the_invoices_lead_to_each_month(owner: Owner) -> None:
    page = owner.get("/workplace/invoices")
    assert ADDRESS in links_of(page.text)
    assert "September 2026" in text_of(page)


def test_it_is_read_on_a_page(owner: Owner) -> None:
    page = text_of(owner.get(f"{ADDRESS}?exact=1"))
    assert "September 2026 statement" in page
    assert "September 1, 2026 to September 30, 2026" in page
    assert "Opening balance $50.00" in page
    assert "Month closed: figures are final." in page
    assert "Closing balance $48.799988" in page


def test_it_is_rounded_to_the_cent_with_a_way_to_what_is_exact(owner: Owner) -> None:
    page = owner.get(ADDRESS)
    assert "Closing balance $48.80" in text_of(page)
    assert "Amounts are rounded to the cent." in text_of(page)
    exact = next(link for link in links_of(page.text) if "exact" in link)
    assert "Closing balance $48.799988" in text_of(owner.get(exact))


def test_groups_say_what_their_rows_come_to(owner: Owner) -> None:
    use(owner.organization, 60, at("2026-09-02 08:00"), meter="calls_outbound")
    use(owner.organization, 120, at("2026-09-02 08:00"), meter="calls_inbound")
    post(owner.organization, TransferKind.REFUND, usd("3"), at("2026-09-03 12:00"), out=True)
    post(owner.organization, TransferKind.TOP_UP, usd("10"), at("2026-09-03 12:00"))
    said = text_on_wide_screen(owner.get(f"{ADDRESS}?exact=1"))
    assert "In $7.00 Top-ups 1 $10.00 Refunds 1 \u2212$3.00" in said
    found = statements.gather(owner.organization, Month(2026, 9))
    assert [group.cost for group in found.groups] == [
        sum((one.cost for one in group.meters[1:]), group.meters[0].cost) for group in found.groups
    ]
    for group in found.groups:
        assert f"{group.group.label} {money_exact(-group.cost)}" in said


def test_the_plan_invoices_of_the_month_are_told_apart_from_the_wallet_with_their_taxes(owner: Owner) -> None:
    invoice = subscriptions.record_invoice(
        owner.organization,
        stripe_id="in_1",
        number="HD-0007",
        description="Growth",
        amount=usd("117.81"),
        issued_at=at("2026-09-15 12:00"),
        paid=True,
    )
    lines = (
        SumLine("Growth", usd("99"), SumKind.CHARGE),
        SumLine("VAT 19%", usd("18.81"), SumKind.TAX),
    )
    invoice.sums = packed_sums.pack(Sums(lines, usd("117.81"), usd("117.81")))
    db.session.commit()
    page = text_of(owner.get(f"{ADDRESS}?exact=1"))
    assert "HD-0007 Growth, with VAT 19% $18.81 $117.81" in page
    assert "Charged to a card, not to the wallet. Top-ups are prepaid credit and aren't taxed." in page
    assert "Closing balance $48.799988" in page
    assert "HD-0007" not in text_of(owner.get(ADDRESS.replace("09", "08")))
    assert packed("HD-0007, Growth, with VAT 19% $18.81") in words(owner.get(f"{ADDRESS}.pdf").data)


def test_the_file_says_the_same_and_runs_no_formula(owner: Owner) -> None:
    answer = owner.get(f"{ADDRESS}.csv", buffered=True)
    assert answer.headers["Content-Disposition"].endswith('-2026-09.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    amounts = {(row["section"], row["what"]): Decimal(row["amount"]) for row in rows}
    found = statements.gather(owner.organization, Month(2026, 9))
    assert amounts["balance", "closing"] == found.closing.decimal
    moved = sum(amount for (section, _), amount in amounts.items() if section in {"movement", "usage"})
    assert amounts["balance", "opening"] + moved == amounts["balance", "closing"]
    assert ("usage by campaign", "'=SUM(A1)") in amounts


def test_the_file_has_each_line_that_the_sums_are_of(owner: Owner) -> None:
    post(owner.organization, TransferKind.REFUND, usd("3"), at("2026-09-03 12:00"), out=True)
    use(owner.organization, 500, at("2026-08-30 08:00"), posted_at=at("2026-09-04 08:00"))
    rows = list(
        csv.DictReader(io.StringIO(owner.get(f"{ADDRESS}.csv", buffered=True).data.decode("utf-8-sig")))
    )
    lines = [row for row in rows if row["section"] == "line"]
    assert [
        (row["posted_on"], row["used_on"], row["what"], row["campaign"], row["quantity"], row["amount"])
        for row in lines
    ] == [
        ("2026-09-01", "2026-09-01", "Output tokens", "'=SUM(A1)", "100001", "-1.200012"),
        ("2026-09-03", "", "Refund", "", "", "-3.00"),
        ("2026-09-04", "2026-08-30", "Output tokens", "Recall", "500", "-0.006"),
    ]


@pytest.mark.parametrize("month", ["2026-07", "2999-01", "x", "2026-9"])
def test_a_month_without_one_is_said_to_be_so(owner: Owner, month: str) -> None:
    for ending in ("", ".csv", ".pdf"):
        answer = owner.get(f"/workplace/invoices/statements/{month}{ending}")
        assert answer.status_code == 404
        assert "Statement not found" in text_of(answer)


def test_another_organization_s_is_not_there(owner: Owner) -> None:
    theirs = an_organization()
    post(theirs, TransferKind.TOP_UP, usd("999"), at("2026-07-20 12:00"))
    assert owner.get("/workplace/invoices/statements/2026-07").status_code == 404
