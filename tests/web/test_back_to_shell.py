"""Someone who comes to a window of ours from a bank's page or an email, and is signed in only to the shell, gets there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.return_addresses import plan_switch, renewal, top_up
from config import Settings
from tests.factories import a_payer, a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor, links_of
from tests.support.database import inside
from tests.support.portal_shell import ISSUER, ORIGIN
from tests.support.sandbox import Sandbox
from trusted_shell import TrustedShell

SHELL = TrustedShell(ISSUER, "https://portal.example/keys", 15)
ADDED = "payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2&redirect_status=succeeded"
WINDOW = {"Sec-Fetch-Dest": "document"}


@pytest.fixture
def trusting(app: Flask, settings: Settings) -> Iterator[Flask]:
    made = create_app(replace(settings, shell=SHELL, shell_origins=(ORIGIN, "http://other.example")))
    made.test_client_class = BrowserClient
    with inside(made):
        yield made
        db.session.rollback()


def returns(app: Flask) -> list[str]:
    """Every address that a bank leads back to, as a path."""
    some = an_organization().id
    pages = [top_up("acme", some), plan_switch("acme", some), renewal("acme")]
    return [page.removeprefix(app.config["SETTINGS"].public_url) for page in pages]


def test_a_bank_leads_back_to_the_shells_page_and_the_secret_stays_here(trusting: Flask) -> None:
    visitor = Visitor(trusting.test_client())
    for page in returns(trusting):
        assert visitor.get(f"{page}&{ADDED}", headers=WINDOW).location == f"{ORIGIN}{page}"


def test_who_is_signed_in_here_stays_here(trusting: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    visitor = Visitor(trusting.test_client())
    visitor.begin_session(a_person(organization=organization).email)
    answer = visitor.get(f"/billing/renewal?org={organization.slug}&{ADDED}", headers=WINDOW)
    assert not (answer.location or "").startswith(ORIGIN)


def test_without_a_shell_that_signs_people_in_it_is_the_sign_in_page(app: Flask, visitor: Visitor) -> None:
    for page in returns(app):
        assert (visitor.get(f"{page}&{ADDED}", headers=WINDOW).location or "").startswith("/sign-in?next=")
    assert "Voice Portal</a>" not in visitor.get("/sign-in").text


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("/billing/wallet", f"{ORIGIN}/billing/wallet"),
        ("", f"{ORIGIN}/billing"),
        ("//evil.example", f"{ORIGIN}/billing"),
        ("@evil.example", f"{ORIGIN}/billing"),
        (".evil.example/billing", f"{ORIGIN}/billing"),
    ],
)
def test_the_sign_in_page_offers_the_shells(trusting: Flask, wanted: str, offered: str) -> None:
    page = Visitor(trusting.test_client()).get("/sign-in", query_string={"next": wanted}, headers=WINDOW)
    assert [link for link in links_of(page.text) if link.startswith("http")] == [offered]
