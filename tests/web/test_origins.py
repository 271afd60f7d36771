"""Forms that come from elsewhere are refused, and never handed back to be confirmed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.extensions import db
from config import Settings
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, BrowserClient, Visitor, text_of
from tests.support.snapshots import everything

EXEMPT = {"alert_emails", "api", "csp_reports", "dev_chat", "health", "webhooks"}
"""What programs and browsers send by themselves, without a session: each checks its sender in its own way."""
EVIL = "https://evil.example"
FORGED = {"amount": "500", "legal_name": "Evil Inc", "emails": "thief@evil.example", "other_amount": "500"}


def changing(app: Flask) -> list[tuple[str, Rule]]:
    """Every method that changes something, of every rule that is for people."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
        if rule.endpoint.split(".")[0] not in EXEMPT
    ]


def address_of(rule: Rule) -> str:
    return re.sub(r"<[^>]*>", "00000000-0000-0000-0000-000000000000", rule.rule)


@pytest.fixture
def owner(app: Flask, visitor: Visitor) -> Visitor:
    visitor.begin_session(a_person(organization=an_organization(credit="5")).email)
    return visitor


@pytest.mark.one_of_each(by=lambda sent_from: {*sent_from})
@pytest.mark.parametrize(
    "sent_from",
    [
        {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": EVIL},
        {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:8000.evil.example"},
        {"Origin": "https://localhost:8000"},
        {"Referer": f"{EVIL}/billing"},
    ],
    ids=str,
)
def test_every_form_is_refused_from_another_site_even_with_a_valid_token(
    app: Flask, owner: Visitor, sent_from: dict[str, str]
) -> None:
    before, token = everything(), owner.token()
    assert len(changing(app)) > 15
    for method, rule in changing(app):
        for part in ({}, HTMX):
            answer = owner.client.open(
                address_of(rule), method=method, data=FORGED | {"csrf_token": token}, headers=sent_from | part
            )
            assert answer.status_code == 403, rule
            assert "another website" in text_of(answer) or part, rule
            assert "Nothing was changed." in text_of(answer), rule
            assert "(null)" not in text_of(answer), "an address, or nothing"
            assert not any(value in answer.text for value in FORGED.values() if value != "500"), rule
            assert 'value="500"' not in answer.text, rule
    assert everything() == before
    assert owner.get("/billing").status_code == 200, "still signed in"


@pytest.mark.parametrize(
    "sent_from",
    [
        {},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "http://localhost/billing/wallet"},
    ],
    ids=str,
)
def test_our_own_pages_and_browsers_that_say_nothing_are_served(
    owner: Visitor, sent_from: dict[str, str]
) -> None:
    assert owner.post("/billing/wallet/top-ups", {"amount": "1"}, headers=sent_from).status_code == 422
    refused = owner.client.post("/billing/wallet/top-ups", data={"amount": "1"}, headers=sent_from)
    assert refused.status_code == 400, "the token is needed all the same"


@pytest.mark.long
def test_behind_a_proxy_the_public_address_counts_and_the_shells_origins_are_known(
    app: Flask, settings: Settings
) -> None:
    behind = create_app(
        replace(settings, public_url="https://billing.example", shell_origins=("https://portal.example",))
    )
    behind.test_client_class = BrowserClient
    owner = Visitor(behind.test_client())
    email = a_person(organization=an_organization()).email
    for origin, status in (
        ("https://billing.example", 422),
        ("https://portal.example", 422),
        ("https://billing.example.evil.example", 403),
        ("http://billing.example", 403),
    ):
        with behind.app_context():
            owner.begin_session(email)
            answer = owner.post("/billing/wallet/top-ups", {"amount": "1"}, headers={"Origin": origin})
            assert answer.status_code == status, origin
            db.session.rollback()


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda token: "any" if token else "none")
@pytest.mark.parametrize("token", ["", "garbage", "WyJhIiwiYiIsImMiXQ.aaaa.bbbb"])
def test_a_forged_form_starts_over_and_is_never_handed_back(app: Flask, owner: Visitor, token: str) -> None:
    """As from a browser too old to say where a form comes from."""
    before = everything()
    for method, rule in changing(app):
        if rule.endpoint == "auth.sign_in":
            continue  # shown again with the address that was typed, never with a password: tests/pages/test_sign_in.py
        answer = owner.client.open(
            address_of(rule), method=method, data=FORGED | {"csrf_token": token, "hidden": "unseen-value"}
        )
        assert answer.status_code == 400, rule
        assert "Send again" not in answer.text, rule
        for value in ("unseen-value", "Evil Inc", "thief@evil.example", 'value="500"'):
            assert value not in answer.text, rule
    assert everything() == before


@pytest.mark.long
def test_of_an_old_form_whatever_is_sent_again_is_shown(app: Flask, owner: Visitor) -> None:
    """Fields that the page doesn't put into words don't go along."""
    offered = 0
    for method, rule in changing(app):
        sent = FORGED | {
            "country": "US",
            "plan": "growth:month",
            "hidden": "unseen-value",
            "csrf_token": owner.old_token(),
        }
        answer = owner.client.open(address_of(rule), method=method, data=sent)
        form = re.search(r"<form\b(?:(?!</form>).)*Send again.*?</form>", answer.text, re.DOTALL)
        assert "unseen-value" not in answer.text, rule
        if form is None:
            continue
        offered += 1
        shown = re.sub(r"<[^>]+>", " ", form[0])
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form[0]):
            if name not in {"csrf_token", "version"}:
                assert value in shown or value in {"other", "US", "growth:month"}, (rule, name)
        for words in ("United States",) if "details" in rule.rule else ():
            assert words in shown
    assert offered == 7, "a new form that can be sent again is checked here as well"
