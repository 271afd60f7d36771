"""In the shell's frame no page has a header, an organization switch, a sign-in or a sign-out: those are the shell's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import db
from app.pages.auth.framed import IN_WINDOWS
from config import Settings
from tests.factories import a_card, an_organization
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside
from tests.support.portal_shell import FRAMED, ORIGIN, PortalShell, running
from tests.support.url_map import address, rules

SITES = {"cross-site": FRAMED, "same-site": FRAMED | {"Sec-Fetch-Site": "same-site"}}
IN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
ENTRANCES = {"auth.enter_from_shell", "auth.arrive_from_shell"}
NOT_OURS = (
    "api.",
    "api_docs.",
    "assets.",
    "health.",
    "csp_reports.",
    "webhooks.",
    "components.",
    "dev_mail.",
    "live.",
    "static",
)
"""What programs ask for, and what is about no one."""
SHELLS_OWN = re.compile(
    r'class="header"|action="/(?:sign-out|organization|sign-in)\b|href="/(?:sign-in|organization|sign-out)\b'
    r'|id="organization"|name="which" value="all"'
)
BY_STYLE = re.compile(r'<div class="actions window-only">.*?</div>', re.DOTALL)
"""What style sheets take out, because answers to forms bring it as well."""
CONFIRMING = {"auth.confirm"}
"""Signing in again is a way to confirm there: tests/pages/shell/test_shell_sign_in.py."""


@pytest.fixture(scope="module")
def _running() -> Iterator[PortalShell]:
    with running() as shell:
        yield shell


@pytest.fixture
def app(app: Flask, settings: Settings, _running: PortalShell) -> Iterator[Flask]:
    """The application, trusting the shell."""
    _running.start_over()
    made = create_app(replace(settings, shell=_running.settings(), shell_origins=(ORIGIN,)))
    made.test_client_class = BrowserClient
    with inside(made):
        yield made
        db.session.rollback()


@pytest.fixture(params=SITES.values(), ids=SITES)
def frame(app: Flask, _running: PortalShell, request: pytest.FixtureRequest) -> Visitor:
    """A frame that the shell has signed someone in to, who has a card and a good deal of history."""
    organization = an_organization(credit="5", alert="50")
    a_card(organization)
    _running.org_id = str(organization.id)
    visitor = Visitor(app.test_client())
    answer = visitor.client.post("/auth/shell", data={"token": _running.token()}, headers=request.param)
    assert answer.status_code == 303
    assert visitor.get("/billing", headers=IN_FRAME).status_code == 200
    return visitor


def pages(app: Flask, method: str = "GET") -> list[tuple[str, str]]:
    """The endpoint and an address of each page; of things that aren't there, where one needs an id."""
    return [
        (rule.endpoint, address(app, rule, {"UUIDConverter": "01990f5e-0000-7000-8000-00000000dead"}))
        for rule in rules(app, method)
        if not rule.endpoint.startswith(NOT_OURS) and rule.endpoint not in ENTRANCES
    ]


def assert_without_what_is_the_shells(answer: TestResponse, at: str) -> None:
    if not answer.content_type.startswith("text/html") or 300 <= answer.status_code < 400:
        return
    shown = BY_STYLE.sub("", unescape(answer.text))
    assert "data-framed" in shown, at
    assert SHELLS_OWN.findall(shown) == [], at


@pytest.mark.long
def test_no_page_has_what_is_the_shells(app: Flask, frame: Visitor) -> None:
    walked = pages(app)
    assert len(walked) > 50
    for endpoint, at in walked:
        if endpoint not in CONFIRMING:
            assert_without_what_is_the_shells(frame.get(at, headers=IN_FRAME), at)


@pytest.mark.long
def test_no_answer_to_a_form_has_what_is_the_shells(app: Flask, frame: Visitor) -> None:
    for endpoint, at in pages(app, "POST"):
        if endpoint != "auth.sign_out" and endpoint not in CONFIRMING:
            assert_without_what_is_the_shells(frame.post(at, {}, headers=IN_FRAME), at)


def test_no_page_has_it_without_a_session(app: Flask) -> None:
    frame = Visitor(app.test_client())
    for _, at in pages(app):
        assert_without_what_is_the_shells(frame.get(at, headers=IN_FRAME), at)
    assert frame.get("/sign-in", headers=IN_FRAME).status_code == 401
    assert "data-session-ended" in frame.get("/sign-in", headers=IN_FRAME).text


@pytest.mark.long
def test_what_is_only_for_windows_leads_on(app: Flask, frame: Visitor) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known >= IN_WINDOWS
    for rule in rules(app):
        if rule.endpoint in IN_WINDOWS:
            at = address(app, rule, {})
            answer = frame.get(at, headers=IN_FRAME)
            assert (answer.status_code, answer.location) == (303, "/billing"), at
