"""Choosing another organization in one tab while pages of the first are open in others."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Role
from tests.support.browsing import text_of
from tests.support.drawn_for import Group
from tests.support.sandbox import Sandbox


@pytest.fixture
def group(app: Flask, sandbox: Sandbox) -> Group:
    return Group(app)


class TestChoosing:
    """The refused page asks which organization is meant, and what was entered goes along."""

    def refused(
        self, group: Group, data: dict[str, str], path: str = "/billing/wallet/top-ups"
    ) -> TestResponse:
        group.switch(group.pine)
        return group.post(path, data, token=group.drawn)

    def choose(self, group: Group, page: TestResponse, name: str) -> TestResponse:
        for form in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL):
            if f">{name}</button>" in form:
                action = re.search(r'action="([^"]+)"', form)
                assert action
                found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
                data = {one: unescape(value) for one, value in found}
                return group.client.post(unescape(action[1]), data=data)
        raise AssertionError(f"no button {name!r}: {text_of(page)}")

    def test_it_says_what_happened_and_that_nothing_was_done(self, group: Group) -> None:
        said = text_of(self.refused(group, {"amount": "other", "other_amount": "73.21"}))
        assert "You switched to Pine Realty in another tab. This page still shows Harbor Dental." in said
        assert "Nothing was changed." in said

    @pytest.mark.long
    def test_going_to_the_one_shows_what_was_typed_and_sends_it_there(self, group: Group) -> None:
        page = self.refused(group, {"amount": "other", "other_amount": "73.21", "card": str(group.card.id)})
        check = self.choose(group, page, "Go to Harbor Dental")
        said = text_of(check)
        assert "for Harbor Dental" in said
        assert "Amount 73.21" in said
        assert "Visa ending in 4242" in said
        sent = self.choose(group, check, "Send again")
        assert sent.status_code == 303
        assert "You'll pay $73.21" in text_of(group.get(str(sent.location)))
        assert "Harbor Dental" in group.get("/billing").text.split("</h1>")[1][:200]

    def test_staying_with_the_other_sends_what_makes_sense_there(self, group: Group) -> None:
        page = self.refused(group, {"amount": "other", "other_amount": "73.21", "card": str(group.card.id)})
        check = self.choose(group, page, "Stay in Pine Realty")
        said = text_of(check)
        assert "for Pine Realty" in said
        assert "73.21" in said
        assert "Visa" not in said, "Harbor's card is none of Pine's"
        assert str(group.card.id) not in check.text

    def test_billing_details_are_kept_to_the_last_field(self, group: Group) -> None:
        typed = {
            "legal_name": "Harbor Dental <Ltd>",
            "tax_id": "12-3456789",
            "emails": "a@b.example",
            "version": "0",
        }
        page = self.refused(group, typed | {"country": "US"}, "/billing/details")
        check = self.choose(group, page, "Go to Harbor Dental")
        for words in ("Harbor Dental <Ltd>", "12-3456789", "a@b.example", "United States"):
            assert words in text_of(check)
        sent = self.choose(group, check, "Send again")
        assert sent.status_code in {303, 422}

    def test_a_payment_is_shown_again_before_it_is_made(self, group: Group, sandbox: Sandbox) -> None:
        page = self.refused(group, {}, f"/billing/wallet/top-ups/{group.top_up}/payments")
        shown = self.choose(group, page, "Go to Harbor Dental")
        assert shown.status_code == 302
        assert "You'll pay $50.00" in text_of(group.get(str(shown.location)))
        assert sandbox.payment_intents() == []

    def test_nor_does_staying_lead_to_what_the_other_has_not(self, group: Group) -> None:
        page = self.refused(group, {}, f"/billing/wallet/top-ups/{group.top_up}/payments")
        shown = self.choose(group, page, "Stay in Pine Realty")
        assert group.get(str(shown.location)).status_code == 200
        assert "$7.00" in text_of(group.get(str(shown.location)))

    @pytest.mark.long
    @pytest.mark.parametrize(
        "path", ["/billing/wallet", "/billing/wallet/history.csv", "/workplace/invoices?year=2026"]
    )
    def test_a_link_goes_on_in_either(self, group: Group, path: str) -> None:
        group.switch(group.pine)
        named = f"{path}{'&' if '?' in path else '?'}org={group.harbor.slug}"
        page = group.get(named)
        assert page.status_code == 409
        for name, organization in (
            ("Stay in Pine Realty", group.pine),
            ("Go to Harbor Dental", group.harbor),
        ):
            leads_to = str(self.choose(group, page, name).location)
            assert f"org={organization.slug}" in leads_to
            assert leads_to.startswith(path.partition("?")[0])
            assert group.get(leads_to, buffered=True).status_code == 200

    def test_a_member_without_the_role_is_not_asked_to_confirm_anything(
        self, app: Flask, group: Group
    ) -> None:
        page = self.refused(group, {"amount": "25"})
        db.session.execute(
            db.text("UPDATE membership SET role = :role WHERE org_id = :org"),
            {"role": Role.MEMBER.value, "org": group.harbor.id},
        )
        db.session.commit()
        answer = self.choose(group, page, "Go to Harbor Dental")
        assert "Send again" not in answer.text
        assert group.get(str(answer.location)).status_code == 403
