"""A page acts for the organization that it was drawn for, or not at all: whatever it asks for, after a switch elsewhere."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import return_addresses
from app.billing import topups
from app.extensions import db
from app.models import Organization, Role, User
from app.web.drawn_for import HEADER
from app.web.form_tokens import read, seal
from tests.factories import a_payer, a_person, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.sandbox import Sandbox
from tests.support.snapshots import everything
from tests.support.topping_up import begin

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


class Group(Visitor):
    """Who owns Harbor and Pine. What is drawn by `harbor` stays as it was drawn once `switch` was pressed in a second
    tab."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.test_client())
        (self.harbor, self.card), (self.pine, _) = a_payer(credit="100"), a_payer(credit="7")
        self.harbor.name, self.pine.name = "Harbor Dental", "Pine Realty"
        db.session.commit()
        self.email = a_person(organization=self.harbor).email
        a_person(self.email, organization=self.pine)
        self.sign_in(self.email)
        self.switch(self.harbor)
        self.top_up = begin(self.harbor, self.card)
        self.drawn = self.token()

    def switch(self, organization: Organization) -> None:
        """Switch in another tab."""
        assert self.post("/organization", {"organization": str(organization.id)}).status_code == 302

    def address_of(self, rule: Rule) -> str:
        """An address of a rule, with Harbor's own things in it where there are some."""
        known: dict[str, Any] = {"top_up_id": self.top_up, "card_id": self.card.id, "month": "2026-11"}
        values = {
            name: known.get(name, uuid4() if "UUID" in type(rule._converters[name]).__name__ else "x")
            for name in rule.arguments
        }
        with self.client.application.test_request_context():
            return str(rule.build(values)[1])  # type: ignore[index]


@pytest.fixture
def group(app: Flask, sandbox: Sandbox) -> Group:
    return Group(app)


def guarded(app: Flask) -> list[Rule]:
    """Every rule behind `org_admin_required`, no matter who adds it."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "org_admin_required", False)
    ]


def fields(group: Group) -> dict[str, str]:
    """What forms could hold."""
    return {
        "amount": "50",
        "card": str(group.card.id),
        "plan": "growth:month",
        "attempt": str(uuid4()),
        "legal_name": "Harbor Dental Ltd",
        "country": "US",
        "version": "0",
    }


def ways_to_ask(app: Flask, group: Group) -> list[tuple[str, str, dict[str, Any]]]:
    """Each method of each rule, in each way that a page drawn for Harbor says so."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    harbor = {HEADER: group.harbor.slug}
    for rule in guarded(app):
        address = group.address_of(rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            if method in CHANGING:
                form = {"data": fields(group) | {"csrf_token": group.drawn}}
                found += [(method, address, form), (method, address, form | {"headers": HTMX | harbor})]
                found.append(
                    (method, address, {"data": fields(group), "headers": {"X-CSRFToken": group.drawn}})
                )
            else:
                found.append((method, f"{address}?org={group.harbor.slug}", {}))
                found.append((method, f"{address}?amount=50&org={group.harbor.slug}", {"headers": HTMX}))
                found.append((method, address, {"headers": HTMX | harbor}))
    return found


def test_whatever_was_drawn_for_one_organization_is_refused_for_another_and_changes_nothing(
    app: Flask, group: Group, sandbox: Sandbox
) -> None:
    group.switch(group.pine)
    before, asked = everything(), len(sandbox.control.requests())
    tried = ways_to_ask(app, group)
    assert len(tried) > 80
    for method, address, options in tried:
        answer = group.client.open(address, method=method, **options)
        assert answer.status_code == 409, (method, address, options)
        if method != "HEAD":
            said = text_of(answer)
            assert "Harbor Dental" in said, (method, address)
            assert "Pine Realty" in said, (method, address)
            assert "$7.00" not in said, (method, address)
    assert everything() == before
    assert len(sandbox.control.requests()) == asked


def test_a_form_that_names_no_organization_is_refused(app: Flask, group: Group) -> None:
    before = everything()
    with group.client.session_transaction() as session:
        secret = session["csrf_token"]
    who = db.session.scalar(db.select(User.id).filter_by(email=group.email))
    nameless = seal(app.config["SECRET_KEY"], secret, str(who), None)
    for rule in guarded(app):
        for method in (rule.methods or set()) & CHANGING:
            answer = group.client.open(
                group.address_of(rule), method=method, data=fields(group) | {"csrf_token": nameless}
            )
            assert answer.status_code == 409, rule
    assert everything() == before


def test_the_same_organization_is_served_and_no_view_sees_the_parameter(app: Flask, group: Group) -> None:
    for rule in guarded(app):
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint == "wallet.show_call":
            continue
        answer = group.get(
            f"{rule.rule}?org={group.harbor.slug}", headers=HTMX | {HEADER: group.harbor.slug}, buffered=True
        )
        assert answer.status_code < 400, rule
    assert "There is a problem" not in text_of(
        group.get(f"/billing/wallet/campaign-check?org={group.harbor.slug}")
    )


@pytest.mark.parametrize("slug", ["missing-s", "", "../..", "a" * 300, "%F0%9F%8C%B2"])
def test_an_organization_that_one_is_not_in_is_not_told_apart_from_none(
    app: Flask, group: Group, slug: str
) -> None:
    other = an_organization("Atlas Freight")
    answers = [group.get(f"/billing?org={one}") for one in (other.slug, slug)]
    assert [answer.status_code for answer in answers] == [409, 409]
    reference = r"Reference: \S+"
    said = [re.sub(reference, "", text_of(answer)) for answer in answers]
    assert said[0] == said[1]
    assert "Atlas" not in said[0]


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


def test_a_poll_says_so_in_place(group: Group) -> None:
    group.switch(group.pine)
    headers = HTMX | {
        HEADER: group.harbor.slug,
        "HX-Current-URL": "http://localhost/billing/wallet?kind=top_up",
    }
    answer = group.get("/billing/live/wallet", headers=headers)
    said = text_of(answer)
    assert "You switched to Pine Realty in another tab. This page still shows Harbor Dental." in said
    assert "data-refusal" in answer.text
    assert f'value="/billing/wallet?kind=top_up&amp;org={group.harbor.slug}"' in answer.text


def test_signing_in_again_leads_back_to_the_organization_of_the_page(app: Flask, group: Group) -> None:
    group.post("/sign-out")
    for organization in (group.pine, group.harbor):
        wanted = f"/billing/wallet?org={organization.slug}"
        asked = group.get(wanted)
        assert asked.status_code == 302
        assert group.sign_in(group.email, to=wanted).location == wanted
        assert organization.name in text_of(group.get(wanted))
        group.post("/sign-out")


def drawn_pages(app: Flask, group: Group) -> list[tuple[str, str]]:
    """Every page and part that owners can see by an address alone."""
    a_stripe_card(group.harbor, "pm_card_mastercard")
    found = []
    for rule in guarded(app):
        if "GET" in (rule.methods or ()):
            for headers in ({}, HTMX | {HEADER: group.harbor.slug}):
                answer = group.get(group.address_of(rule), headers=headers, buffered=True)
                if answer.mimetype == "text/html" and answer.location is None:
                    found.append((rule.rule, answer.text))
    return found


def test_every_link_form_and_request_of_every_page_names_its_organization(app: Flask, group: Group) -> None:
    named = f"org={group.harbor.slug}"
    seen = 0
    own = re.compile(r'\b(?:href|src|hx-get|data-return-url)="([^"]*)"')
    for rule, html in drawn_pages(app, group):
        for address in map(unescape, own.findall(html)):
            path = re.sub(r"^http://localhost:8000", "", address).partition("?")[0].partition("#")[0]
            if path.startswith(("/billing", "/workplace")):
                assert named in address, f"{rule}: {address}"
                seen += 1
        for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
            opening = form.partition(">")[0]
            if 'method="post"' in opening:
                assert 'name="csrf_token"' in form, f"{rule}: {opening}"
            elif 'method="get"' in opening:
                assert f'<input type="hidden" name="org" value="{group.harbor.slug}">' in form, (
                    f"{rule}: {opening}"
                )
        if "<body" in html:
            body = html[html.index("<body") :].partition(">")[0]
            assert f'"{HEADER}": "{group.harbor.slug}"' in body, rule
    assert seen > 200


def test_every_token_in_a_page_is_of_its_organization(app: Flask, group: Group) -> None:
    tokens = {
        unescape(token)
        for _, html in drawn_pages(app, group)
        for token in re.findall(r'name="csrf_token" value="([^"]*)"', html)
    }
    assert tokens
    with app.app_context():
        for token in tokens:
            said = read(token)
            assert said
            assert said.organization == group.harbor.slug
            assert UUID(said.person or "")


def test_a_banks_own_page_leads_back_to_the_organization_that_pays(group: Group) -> None:
    top_up = topups.find(group.harbor.id, group.top_up)
    for address in (
        topups.requests.charge_request(group.harbor, top_up, group.card, "cus_1").return_url,
        return_addresses.plan_switch(group.harbor.slug, uuid4()),
        return_addresses.renewal(group.harbor.slug),
    ):
        assert address.endswith(f"?org={group.harbor.slug}")
