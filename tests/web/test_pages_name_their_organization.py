"""Every link, form, request and token of a page names the organization that the page was drawn for."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app import return_addresses
from app.billing import topups
from app.web.drawn_for import HEADER
from app.web.form_tokens import read
from tests.factories import a_stripe_card
from tests.support.browsing import HTMX
from tests.support.drawn_for import Group, guarded
from tests.support.sandbox import Sandbox


@pytest.fixture
def group(app: Flask, sandbox: Sandbox) -> Group:
    return Group(app)


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


@pytest.mark.long
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
