"""The Overview of a new organization, of one that waits for a payment, and of one with a section that can't be read."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.billing import invoices
from app.billing.activity import history, usage_report
from app.extensions import db
from app.models import BillingDetails, Organization, SwitchStatus
from tests.billing.plans.test_besides import switch
from tests.factories import a_person, an_organization, give_credit
from tests.pages.test_overview_page import spend
from tests.support.browsing import Visitor, text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox


@pytest.fixture
def fresh(app: Flask) -> Organization:
    return an_organization("Birch Clinic")


@pytest.fixture
def owner(visitor: Visitor, fresh: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=fresh).email)
    return visitor


class TestFirstSteps:
    def test_each_is_ticked_off_once_it_is_done(self, owner: Visitor, fresh: Organization) -> None:
        assert "Get started 0 of 3 done" in text_of(owner.get("/billing"))
        give_credit(fresh, "20")
        assert "Get started 1 of 3 done Add credit \u2013 done" in text_of(owner.get("/billing"))
        db.session.add(BillingDetails(org_id=fresh.id, legal_name="Birch Clinic LLC"))
        db.session.commit()
        assert "2 of 3 done" in text_of(owner.get("/billing"))

    def test_the_next_one_is_the_only_main_button(self, owner: Visitor, fresh: Organization) -> None:
        for credit in (None, "20"):
            if credit:
                give_credit(fresh, credit)
            main = re.findall(r'<a class="btn btn-primary"[^>]*>([^<]+)<', owner.get("/billing").text)
            assert main in (["Add credit"], ["Top up", "Add details"], ["Add details", "Top up"])

    def test_each_leads_to_where_it_is_done(self, owner: Visitor) -> None:
        page = owner.get("/billing").text
        steps = re.search(r'<ol class="first-steps">.*?</ol>', page, re.DOTALL)
        assert steps
        for href in re.findall(r'href="([^"#]+)', steps[0]):
            assert owner.get(href.replace("&amp;", "&")).status_code == 200

    def test_who_calls_already_is_not_told_how_to_begin(self, app: Flask, sandbox: Sandbox) -> None:
        payer = Owner(app, credit="100")
        spend(payer.organization)
        assert "Get started" not in text_of(payer.get("/billing"))


class TestWaiting:
    def test_a_top_up_that_waits_for_the_bank_leads_to_its_confirmation(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        payer = Owner(app, "pm_card_threeDSecure2Required", credit="100")
        top_up = payer.review("73.21")
        payer.pay(top_up)
        page = payer.get("/billing")
        assert "Your top-up of $73.21 isn't paid yet." in text_of(page)
        assert re.search(rf'href="{top_up}[^"]*">Finish payment<', page.text)

    def test_a_switch_that_waits_for_its_payment_leads_to_it(
        self, owner: Visitor, fresh: Organization
    ) -> None:
        assert "Finish payment" not in owner.get("/billing").text
        switch(fresh, SwitchStatus.DECLINED)
        db.session.commit()
        said = text_of(owner.get("/billing"))
        assert "Your switch to Scale isn't paid yet. Until then, you stay on your plan." in said

    def test_a_switch_on_its_way_is_said_to_be(self, owner: Visitor, fresh: Organization) -> None:
        switch(fresh, SwitchStatus.SWITCHING)
        db.session.commit()
        assert "Your switch to Scale is being made." in text_of(owner.get("/billing"))


class TestSections:
    @pytest.mark.parametrize(
        ("module", "name", "lost", "there"),
        [
            (usage_report, "gather", "usage", ["balance", "plan", "activity", "invoices"]),
            (history, "recent", "activity", ["balance", "plan", "usage", "invoices"]),
            (invoices, "newest", "invoices", ["balance", "plan", "usage", "activity"]),
        ],
    )
    def test_one_that_fails_says_so_and_the_others_are_there(
        self,
        owner: Visitor,
        monkeypatch: pytest.MonkeyPatch,
        module: object,
        name: str,
        lost: str,
        there: list[str],
    ) -> None:
        def fail(*_: object) -> None:
            raise OperationalError("SELECT", {}, Exception("canceling statement due to statement timeout"))

        monkeypatch.setattr(module, name, fail)
        page = owner.get("/billing")
        assert page.status_code == 200
        unread = re.findall(
            r'<section[^>]* id="([\w-]+)"(?:(?!</section>).)*data-unread', page.text, re.DOTALL
        )
        assert unread == [lost]
        for id_ in there:
            assert f'id="{id_}"' in page.text
        assert "Try again" in page.text
