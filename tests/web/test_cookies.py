"""Every cookie that any page sets: for this host alone where there is https, and plain where there isn't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from config import Settings
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor
from tests.support.url_map import address, rules

OURS = {"billing_session", "known_device", "attempt_ticket"}
VALUES = {"UUIDConverter": "00000000-0000-0000-0000-000000000000"}


@pytest.fixture
def by_https(app: Flask, settings: Settings) -> Flask:
    """The application at an https address, on the same database."""
    made = create_app(replace(settings, public_url="https://billing.example"))
    made.test_client_class = BrowserClient
    return made


def cookies_of(app: Flask) -> Iterator[str]:
    """Every `Set-Cookie` of every page, before and after signing in, and of forms."""
    email = a_person(organization=an_organization()).email
    visitor = Visitor(app.test_client())
    stranger = Visitor(app.test_client())
    answers: list[TestResponse] = [stranger.sign_in("no.one@test.example", "wrong") for _ in range(9)]
    for signed_in in (False, True):
        if signed_in:
            answers.append(visitor.sign_in(email, PASSWORD))
        for rule in rules(app):
            answers += [visitor.get(address(app, rule, VALUES), buffered=True)]
            answers += [Visitor(app.test_client()).get(address(app, rule, VALUES), buffered=True)]
    changed = visitor.post(
        "/account/password", {"current_password": PASSWORD, "password": "sixteen blue kilns"}
    )
    assert changed.status_code == 302
    answers += [changed, visitor.client.post("/account/details", data={}), visitor.post("/sign-out")]
    for answer in answers:
        yield from answer.headers.getlist("Set-Cookie")


@pytest.mark.long
def test_by_https_all_are_host_cookies(by_https: Flask) -> None:
    found = set(cookies_of(by_https))
    assert {cookie.partition("=")[0] for cookie in found} == {f"__Host-{name}" for name in OURS}
    for cookie in found:
        _, *attributes = [part.strip().lower() for part in cookie.split(";")]
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(attributes), cookie
        assert not any(one.startswith("domain") for one in attributes), cookie


def test_by_http_in_development_they_are_plain(app: Flask) -> None:
    found = set(cookies_of(app))
    assert {cookie.partition("=")[0] for cookie in found} == OURS
    assert not any("secure" in cookie.lower() for cookie in found)
