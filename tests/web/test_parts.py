"""What a shell gets that has the pages behind its own proxy, on the same origin: a page's `<main>` to swap in."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.web.drawn_for import HEADER
from tests.factories import a_payer, a_person
from tests.support.browsing import HTMX, Visitor
from tests.support.sandbox import Sandbox
from tests.support.url_map import rules

ALONE = re.compile(r"\s*<title>[^<]*</title>\s*<main\b(?:(?!<main\b).)*</main>\s*", re.DOTALL)
MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
MADE_EACH_TIME = re.compile(
    r'(?<=value=")[^"]{24,}(?=")|\b[0-9a-f]{32}\b|<link rel="stylesheet"[^>]*>|<script src="[^"]*" type="module"></script>|\s+'
)


def pages(app: Flask) -> list[str]:
    """The address of every page that needs no ids, for owners and for people who are signed out."""
    return [
        rule.rule
        for rule in rules(app)
        if not rule.arguments
        and rule.rule.startswith(("/billing", "/workplace", "/account", "/sign-in", "/forgot"))
    ]


def content(page: str) -> str:
    """What `<main>` holds, without what is made for each page."""
    found = MAIN.search(page)
    assert found is not None, page[:300]
    return MADE_EACH_TIME.sub("", found.group(1))


@pytest.fixture
def owner(visitor: Visitor, sandbox: Sandbox) -> Visitor:
    visitor.begin_session(a_person(organization=a_payer(credit="5")[0]).email)
    return visitor


@pytest.mark.long
@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed-in", "signed-out"])
def test_every_page_comes_as_its_main_for_a_shell_on_the_same_origin(
    app: Flask, visitor: Visitor, sandbox: Sandbox, *, is_signed_in: bool
) -> None:
    if is_signed_in:
        visitor.begin_session(a_person(organization=a_payer(credit="5")[0]).email)
    seen = 0
    for address in pages(app):
        whole = visitor.get(address)
        if whole.mimetype != "text/html" or "<main" not in whole.text:
            continue
        part = visitor.client.get(address, headers=HTMX)
        assert part.status_code == whole.status_code, address
        assert ALONE.fullmatch(part.text), address
        assert content(part.text) == content(whole.text), address
        assert {"HX-Request", "HX-Request-Type"} <= set(whole.vary), address
        seen += 1
    assert seen > (15 if is_signed_in else 2)


def test_what_is_not_there_is_said_in_a_main_as_well(owner: Visitor) -> None:
    for address in ("/billing/nothing", "/billing/wallet/top-ups/00000000-0000-0000-0000-000000000000"):
        part = owner.client.get(address, headers=HTMX)
        assert part.status_code == 404
        assert "HX-Retarget" not in part.headers
        assert ALONE.fullmatch(part.text), address


def test_the_main_names_its_organization_so_that_what_it_asks_for_are_regions(owner: Visitor) -> None:
    part = owner.client.get("/billing/wallet", headers=HTMX).text
    found = re.search(r'<main\b[^>]* data-organization="([^"]+)"', part)
    assert found is not None
    region = owner.get("/billing/payment-methods/new", headers=HTMX | {HEADER: found.group(1)}).text
    assert "<main" not in region


def test_a_request_for_the_whole_document_gets_it(owner: Visitor) -> None:
    for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "full"}, {"HX-Request-Type": "partial"}):
        assert "<!doctype html>" in owner.get("/billing/wallet", headers=headers).text


def test_the_head_that_a_shell_adds_to_its_own_has_what_ours_has(owner: Visitor) -> None:
    head = owner.get("/embed/head")
    assert head.status_code == 200
    whole = owner.get("/billing").text
    for needed in re.findall(r"<(?:link|script|meta name=\"htmx-config\")[^>]*>", head.text):
        assert needed in whole
    for script in ("js/app.js", "htmx.js"):
        assert re.search(rf'<script src="[^"]+/{script}"', head.text)
