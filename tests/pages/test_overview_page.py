"""The overview: where the account stands, in every state that it can be in, and in six statements."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import a_person, an_organization, give_credit, usd
from tests.support import subscriptions
from tests.support.browsing import Visitor, text_of
from tests.support.envelopes import set_aside_now
from tests.support.granting import granted
from tests.support.limits import a_limit
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements
from tests.support.subscriptions import Period

REGIONS = ["Balance", "Plan", "What's next", "Usage", "Wallet activity", "Recent invoices"]
ISSUED = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental", credit="100", alert="20")


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=harbor).email)
    return visitor


def regions(html: str) -> list[str]:
    """The names of the page's regions, as a screen reader lists them."""
    names = re.findall(r'<section[^>]*aria-labelledby="([^"]+)"', html)
    return [re.findall(rf'id="{name}"[^>]*>([^<]+)<', html)[0].strip() for name in names]


def region(owner: Visitor, id_: str, query: str = "") -> str:
    """What one region says."""
    page = owner.get(f"/billing{query}")
    found = re.search(rf'<(section|div)[^>]* id="{id_}".*?</\1>', page.text, re.DOTALL)
    assert found, f"there is no region {id_}"
    return re.sub(r"\s+", " ", re.sub(r"<title.*?</title>|<[^>]+>", " ", found[0])).strip()


def on_growth(organization: Organization) -> None:
    today = organization.local_day()
    subscriptions.subscribe(organization, "growth", period=Period(today, today + relativedelta(months=1)))
    db.session.commit()


def spend(organization: Organization, seconds: int = 6000, **names: str) -> None:
    used = Used("calls_outbound", seconds, organization.local_day(), **names)
    usage_reports.record(organization, f"report:{names}:{seconds}", [used], at=utc_now())
    db.session.commit()


def an_invoice(organization: Organization, number: str, *, paid: bool, failed: bool = False) -> None:
    subscriptions.record_invoice(
        organization,
        stripe_id=f"in_{number}",
        number=number,
        description="Growth",
        amount=usd("99"),
        issued_at=ISSUED,
        paid=paid,
        failed_at=ISSUED if failed else None,
    )
    db.session.commit()


def test_every_region_has_its_name(owner: Visitor, harbor: Organization) -> None:
    spend(harbor)
    assert regions(owner.get("/billing").text) == REGIONS


def test_a_new_organization_is_told_how_to_begin(app: Flask, visitor: Visitor) -> None:
    visitor.begin_session(a_person(organization=an_organization()).email)
    page = visitor.get("/billing")
    assert regions(page.text) == ["Get started", *REGIONS]
    said = text_of(page)
    assert "0 of 3 done Add credit Add $10.00 or more so your agents can call." in said
    assert page.text.count("btn-primary") == 1
    assert "Calling is paused" not in said
    assert "Starter Free" in said
    assert "No spending this period yet." in said
    assert "No transactions yet." in said
    assert "No invoices yet." in said


class TestBalance:
    def test_available_is_posted_less_held_and_the_calls_that_hold_it_are_listed(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        for number, agent in ((1, "Mia"), (2, "")):
            holds.reserve(
                harbor.id,
                f"key-{number}",
                usd("1.50"),
                at=utc_now(),
                lease=timedelta(minutes=5),
                call=f"Call {number}",
                agent=agent or None,
            )
        db.session.commit()
        said = region(owner, "balance")
        assert "Posted balance $100.00" in said
        assert "Reserved for 2 calls in progress \u2212$3.00" in said
        assert "Available $97.00" in said
        assert re.search(
            r"Call 1 Mia, since \S+ \wm UTC , reserved until \S+ \wm UTC \$0\.00 \$1\.50 Call 2 since \S+ \wm UTC",
            said,
        )

    def test_one_call_is_one_call(self, owner: Visitor, harbor: Organization) -> None:
        holds.reserve(harbor.id, "key", usd("1.50"), at=utc_now(), lease=timedelta(minutes=5))
        db.session.commit()
        assert "Reserved for 1 call in progress" in region(owner, "balance")

    def test_below_the_alert_the_credit_is_said_to_be_low(self, owner: Visitor, harbor: Organization) -> None:
        spend(harbor, 3000 + 2000 * 60)
        said = region(owner, "low-balance")
        assert "Your credit is low. You have $10.00 left, below your $20.00 alert." in said

    def test_below_zero_the_amount_is_named_that_brings_calling_back(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        spend(harbor, 3000 + 3000 * 60)
        page = owner.get("/billing")
        assert "Calling is paused. The balance fell below zero on" in text_of(page)
        assert "New calls can start again once you add $35.01 or more." in text_of(page)
        assert "\u2212$35.00 available credit" in text_of(page)
        give_credit(harbor, "35.01")
        assert "Calling is paused" not in text_of(owner.get("/billing"))

    def test_a_pause_says_that_what_the_plan_includes_waits_too(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        spend(harbor, 3000 + 3000 * 60)
        for address in ("/billing", "/billing/wallet"):
            assert "Until then, they can't use what your plan includes either." in text_of(owner.get(address))

    @pytest.mark.parametrize("address", ["/billing", "/billing/wallet"])
    def test_credit_that_calls_in_progress_reserve_is_not_said_to_be_used_up(
        self, owner: Visitor, harbor: Organization, address: str
    ) -> None:
        holds.reserve(harbor.id, "key", usd("100"), at=utc_now(), lease=timedelta(minutes=5))
        db.session.commit()
        said = text_of(owner.get(address))
        assert "All your credit is reserved for calls in progress." in said
        assert "once you add $10.00 or more" in said
        assert "used up" not in said
        holds.release(harbor.id, "key", at=utc_now())
        db.session.commit()
        assert "reserved for calls in progress." not in text_of(owner.get(address))

    def test_low_is_said_of_what_is_posted_whatever_calls_reserve(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        holds.reserve(harbor.id, "key", usd("90"), at=utc_now(), lease=timedelta(minutes=5))
        db.session.commit()
        assert "Your credit is low" not in text_of(owner.get("/billing"))
        holds.release(harbor.id, "key", at=utc_now())
        spend(harbor, 3000 + 2000 * 60)
        give_credit(harbor, "11", at=utc_now())
        said = region(owner, "low-balance")
        assert "Your credit is low. You have $21.00 left, just above your $20.00 alert." in said

    def test_the_smallest_top_up_is_named_where_less_would_do(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        spend(harbor, 3000 + 2223 * 60)
        assert "New calls can start again once you add $10.00 or more." in text_of(owner.get("/billing"))


class TestPlan:
    def test_a_plan_with_its_price_and_renewal(self, owner: Visitor, harbor: Organization) -> None:
        on_growth(harbor)
        said = region(owner, "plan")
        assert "Growth $99.00 a month, renews on" in said
        assert "Past due" not in said

    def test_a_renewal_that_was_not_paid(self, owner: Visitor, harbor: Organization) -> None:
        on_growth(harbor)
        subscriptions.record_failed_renewal(harbor, at=utc_now(), failure="card_declined")
        db.session.commit()
        said = region(owner, "plan")
        assert "Growth Past due" in said
        assert "Your renewal wasn't paid. The card was declined on" in said
        assert "renews on" not in said
        assert "Fix payment" in said


class TestUsage:
    def test_what_the_plan_includes_is_used_without_a_cost(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        on_growth(harbor)
        spend(harbor, 60_000, campaign="Winter recall")
        assert "Call minutes 1,000 of 2,000 included min used" in region(owner, "plan")
        said = region(owner, "usage")
        assert "Total $0.00" in said
        assert "Winter recall 0% 1,000 min \u2013 $0.00" in said

    def test_campaigns_and_agents_with_what_they_cost(self, owner: Visitor, harbor: Organization) -> None:
        spend(harbor, 3000)
        spend(harbor, 6000, campaign="Winter recall", agent="Mia")
        spend(harbor, 2000, campaign="Spring offer", agent="Mia")
        said = region(owner, "usage")
        assert (
            "Winter recall 75% 100 min \u2013 $4.50 Spring offer 25% 34 min \u2013 $1.50 No campaign" in said
        )
        assert "Mia 100% 134 min \u2013 $6.00" in region(owner, "usage", "?by=agent")

    def test_what_others_use_is_not_there(self, owner: Visitor) -> None:
        spend(an_organization("Atlas Freight", credit="50"), campaign="Cold leads")
        assert "Cold leads" not in owner.get("/billing").text


class TestActivity:
    def test_the_newest_lines_with_open_top_ups_first(self, app: Flask, sandbox: Sandbox) -> None:
        payer = Owner(app, "pm_card_threeDSecure2Required", credit="100")
        payer.pay(payer.review("73.21"))
        said = region(payer, "activity")
        assert "Needs your confirmation Visa ending in 3220 +$73.21" in said
        assert said.index("$73.21") < said.index("Welcome credit")

    def test_usage_reads_in_units_that_people_know(self, owner: Visitor, harbor: Organization) -> None:
        spend(harbor, 6000)
        assert "100 min \u2212$2.25" in region(owner, "activity")


class TestInvoices:
    def test_invoices_with_their_status(self, owner: Visitor, harbor: Organization) -> None:
        an_invoice(harbor, "HD-0001", paid=True)
        an_invoice(harbor, "HD-0002", paid=False)
        an_invoice(harbor, "HD-0003", paid=False, failed=True)
        an_invoice(harbor, "HD-0004", paid=True, failed=True)
        said = region(owner, "invoices")
        for words in ("Paid $99.00 PDF of invoice HD-0001", "Open $99.00 PDF of invoice HD-0002"):
            assert words in said
        assert "Payment failed $99.00 PDF of invoice HD-0003" in said
        assert "Failed, then paid $99.00 PDF of invoice HD-0004" in said

    def test_only_the_newest_are_shown(self, owner: Visitor, harbor: Organization) -> None:
        for number in range(7):
            an_invoice(harbor, f"HD-{number:04}", paid=True)
        assert region(owner, "invoices").count("PDF of invoice") == 5


def test_the_page_takes_six_statements_however_much_there_is(owner: Visitor, harbor: Organization) -> None:
    on_growth(harbor)
    for number in range(6):
        spend(harbor, 1000 + number, campaign=f"Campaign {number}", agent=f"Agent {number}")
        an_invoice(harbor, f"HD-{number:04}", paid=True)
        holds.reserve(harbor.id, f"key-{number}", usd("1"), at=utc_now(), lease=timedelta(minutes=5))
    granted(harbor, "5", days=9)
    set_aside_now(harbor, "1", campaign="Campaign 1")
    a_limit(harbor)
    with statements() as seen:
        assert owner.get("/billing").status_code == 200
    assert len(seen) <= 6, seen
