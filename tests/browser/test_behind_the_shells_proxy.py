"""A shell on htmx that has the pages behind its own proxy, on the same origin: it swaps their `<main>` into its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from app import create_app
from app.models import Organization
from tests.browser.site import sign_in
from tests.factories import a_payer, a_person
from tests.support.browsing import BrowserClient
from tests.support.serving import serving
from tests.support.violations import WatchedBrowser

SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Voice Portal</title>{head}</head>
<body><nav><a href="/portal/billing" hx-get="/billing/wallet" hx-target="#screen">Billing</a></nav>
<div id="screen"></div></body></html>"""


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    """Where a page of the shell's and our pages are at."""
    made = create_app(app.config["SETTINGS"])
    made.test_client_class = BrowserClient

    @made.get("/portal")
    def portal() -> str:
        return SHELL.replace("{head}", head)

    head = made.test_client().get("/embed/head").text

    with serving(made) as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_payer(credit="5")[0]


def test_a_page_is_swapped_in_and_works(
    browser: WatchedBrowser, origin: str, organization: Organization
) -> None:
    page = browser.new_page(base_url=origin)
    sign_in(page, a_person(organization=organization).email)
    page.goto("/portal")
    page.get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page).to_have_title(re.compile(f"Wallet.*{organization.name}"))

    page.get_by_role("radio", name="$25", exact=True).check()
    page.get_by_role("button", name="Review top-up").click()
    page.get_by_role("button", name="Pay $25.00").click()
    expect(page.get_by_role("region", name="Balance")).to_contain_text("$30.00")
    # In place, in the shell's own page.
    expect(page.get_by_role("link", name="Billing", exact=True)).to_be_visible()
