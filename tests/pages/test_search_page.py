"""The search over HTTP: what is found for what is typed, whose it is, and that nothing is ever done by it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing import topups
from app.billing.activity import search
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, PaymentMethod, TopUp
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import OWNER, a_card, a_payer, a_person, an_organization, usd
from tests.support.browsing import HTMX, Visitor, links_of, text_of
from tests.support.sandbox import Sandbox
from tests.support.statements import statements


def an_invoice(organization: Organization, number: str, amount: str) -> None:
    """An invoice that only we know of."""
    row = Invoice(
        org_id=organization.id,
        stripe_id=f"in_{number}",
        number=number,
        description="Growth",
        issued_at=utc_now(),
        amount_micro=usd(amount).micro,
        currency="USD",
        status=InvoiceStatus.PAID,
    )
    db.session.add(row)


@pytest.fixture
def organization(app: Flask, visitor: Visitor, sandbox: Sandbox) -> Organization:
    organization, card = a_payer(credit="240")
    today = organization.local_day()
    used = [
        Used(
            "calls_outbound", 190_000, today, "Recall 100% of patients", "Ava", "call_0a1b", "+1 212 555 0134"
        ),
        Used("calls_outbound", 1_000, today, "Reminders", "Noah", "call_0a2c"),
        Used("calls_outbound", 1_000, today, "Reminders", "Noah", "other_call"),
    ]
    usage_reports.record(organization, "searched", used, at=utc_now())
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    a_card(organization, last4="4444", default=False)
    an_invoice(organization, number="VP-2026-0042", amount="1234.50")
    db.session.commit()
    visitor.begin_session(a_person(organization=organization).email)
    return organization


def found(visitor: Visitor, typed: str) -> dict[str, str]:
    """Where the results for what is typed lead, by their names."""
    answer = visitor.get("/billing/search", query_string={"q": typed}, headers=HTMX)
    assert answer.status_code == 200
    links = re.findall(r'<a href="([^"]*)"[^>]*><span>(.*?)</span>', answer.text)
    addresses = links_of(answer.text)
    return {unescape(name): address for (_, name), address in zip(links, addresses, strict=True)}


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("top up 100", "Top up $100.00", "/billing/wallet?amount=100#top-up"),
        ("add $1,234.50", "Top up $1,234.50", "/billing/wallet?amount=1234.50#top-up"),
        ("topup 37.5", "Top up $37.50", "/billing/wallet?amount=37.50#top-up"),
        ("top up 99999999", "Top up", "/billing/wallet#top-up"),
        ("switch to scale", "Switch to Scale, monthly", "/billing/change-plan?plan=scale:month#plan-switch"),
        ("wall", "Wallet", "/billing/wallet"),
        ("export", "Export wallet history", "/billing/wallet/history.csv"),
        ("call_0a1", "call_0a1b", "/billing/wallet/calls?call=call_0a1b"),
        ("password", "Your account", "/account"),
    ],
)
def test_what_is_typed_leads_there(
    organization: Organization, visitor: Visitor, typed: str, name: str, address: str
) -> None:
    assert found(visitor, typed)[name].replace("%3A", ":") == address


def test_a_card_is_removed_only_after_the_question(organization: Organization, visitor: Visitor) -> None:
    card = db.session.scalars(db.select(PaymentMethod).filter_by(last4="4444")).one()
    results = found(visitor, "remove card 4444")
    assert results["Remove Visa ending in 4444"] == f"/billing/payment-methods/{card.id}/removal"
    assert results["Visa ending in 4444"] == f"/billing/payment-methods#card-{card.id}"
    assert not any("Remove" in name for name in found(visitor, "card 4444"))


def test_the_last_month_of_a_name_is_exported(organization: Organization, visitor: Visitor) -> None:
    month = organization.local_day()
    results = found(visitor, f"export {month:%B}")
    assert results[f"Export {month:%B %Y} statement"] == f"/workplace/invoices/statements/{month:%Y-%m}.csv"
    assert results[f"Download {month:%B %Y} statement"] == f"/workplace/invoices/statements/{month:%Y-%m}.pdf"


@pytest.mark.long
def test_things_are_found_by_name_number_and_amount(organization: Organization, visitor: Visitor) -> None:
    top_up = db.session.scalars(db.select(TopUp).filter_by(org_id=organization.id)).one()
    month = organization.local_day()
    statement = f"/workplace/invoices/statements/{month:%Y-%m}#campaigns"
    for typed in ("50", "$50", "50.00", "4242", str(top_up.id)):
        assert found(visitor, typed)["Top-up of $50.00"] == f"/billing/wallet/top-ups/{top_up.id}", typed
    for typed in ("recall", "PATIENTS", "100%", "ecall 1"):
        assert found(visitor, typed)["Recall 100% of patients"] == statement, typed
    for typed in ("0042", "vp-2026", "$1,234.50", "1234.5"):
        assert "Invoice VP-2026-0042" in found(visitor, typed), typed
    assert {name for name in found(visitor, "call_0a") if name.startswith("call_")} == {
        "call_0a1b",
        "call_0a2c",
    }


def test_a_call_in_progress_is_found_before_anything_was_charged(
    organization: Organization, visitor: Visitor
) -> None:
    now = utc_now()
    holds.reserve(organization.id, "k", usd("1"), at=now, lease=timedelta(minutes=9), call="call_now_1")
    db.session.commit()
    assert "call_now_1" in found(visitor, "call_now")


def test_signs_of_patterns_are_searched_for_as_they_are(organization: Organization, visitor: Visitor) -> None:
    for typed in ("%", "_", "%%%", "call%", "VP_2026", "\\", "100_"):
        names = found(visitor, typed)
        assert "Reminders" not in names, typed
        assert "call_0a1b" not in names, typed
        assert "Invoice VP-2026-0042" not in names, typed


def test_nothing_of_another_organization_is_found(app: Flask, visitor: Visitor, sandbox: Sandbox) -> None:
    other, card = a_payer(credit="240")
    used = [Used("calls_outbound", 600, other.local_day(), "Secret plans", "Eve", "call_secret")]
    usage_reports.record(other, "other", used, at=utc_now())
    top_up = topups.begin(other, usd("77"), card.id, OWNER)
    topups.pay(other, top_up.id, card.id, OWNER)
    an_invoice(other, number="VP-SECRET", amount="77")
    db.session.commit()
    visitor.begin_session(a_person(organization=an_organization(credit="5")).email)
    for typed in ("secret", "call_secret", "VP-SECRET", "$77", "4242", str(top_up.id), "remove 4242"):
        results = found(visitor, typed)
        assert not any(
            word in f"{results}" for word in ("ecret", "SECRET", "Visa", "Top-up of", str(top_up.id))
        ), typed


def test_the_page_works_without_scripts(organization: Organization, visitor: Visitor) -> None:
    page = visitor.get("/billing/search?q=call_0a")
    assert '<form class="search-form" role="search" method="get"' in page.text
    assert 'value="call_0a"' in page.text
    assert "2 results" in text_of(page)
    assert "/billing/wallet/calls?call=call_0a1b" in links_of(page.text)
    assert "Nothing found for" in text_of(visitor.get("/billing/search?q=zzzz"))
    assert len(found(visitor, "")) > 15


def test_a_search_reads_and_writes_nothing(organization: Organization, visitor: Visitor) -> None:
    visitor.get("/billing/search?q=x")
    with statements() as seen:
        visitor.get("/billing/search?q=top+up+100+4242+VP")
    assert not [one for one in seen if re.search(r"\b(INSERT|UPDATE|DELETE)\b", one)]
    assert len(seen) <= 20


def test_a_slow_search_says_so_and_the_rest_is_found(
    organization: Organization, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        search,
        "_CALLS",
        db.text("SELECT 'x' FROM pg_sleep(20) WHERE :org_id IS NOT NULL AND :start <> '' AND :most > 0"),
    )
    monkeypatch.setattr(search, "MOMENT", "50ms")
    answer = visitor.get("/billing/search?q=VP-2026")
    assert answer.status_code == 200
    assert "This took too long" in text_of(answer)
    assert "Invoice VP-2026-0042" in text_of(answer)


def test_someone_without_the_role_finds_nothing(app: Flask, visitor: Visitor) -> None:
    assert visitor.get("/billing/search?q=wallet").status_code == 302


hostile = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="%_\\'\";-<>&$.,0123456789 \u202e\u200b\ufeff\u0130", max_size=300),
    st.sampled_from(
        ["\0", "%00", "\ud800", "a" * 5000, "top up " * 500, "1" * 4000, "() { :; }", "' OR 1=1 --"]
    ),
)


@pytest.mark.long
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(typed=hostile)
def test_any_text_is_answered(organization: Organization, visitor: Visitor, typed: str) -> None:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return
    answer = visitor.get("/billing/search", query_string={"q": typed})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
