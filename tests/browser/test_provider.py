"""Signing in with an identity provider by keyboard: there and back, and what is read where it says no."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import end, free_port
from tests.browser.looks import LOOKS, a_page
from tests.browser.site import Site, tab_to, wait_until_ready
from tests.browser.test_invitations import look_at
from tests.support import programs
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider, dana


@pytest.fixture
def connected(app: Flask, site: Site, provider_process: Provider) -> Iterator[Site]:
    """The product as it runs with the provider in its settings, on the same database; Dana is new there."""
    provider_process.start_over()
    provider_process.person = dana(email=f"dana@{uuid4().hex}.example", org=str(uuid4()))
    port = free_port()
    url = f"http://localhost:{port}"
    environment = site.environment | {
        "PUBLIC_URL": url,
        "OIDC_ISSUER": provider_process.url,
        "OIDC_NAME": "Acme",
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    serving = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "wsgi:app"]
    process = programs.start("gunicorn", serving, os.environ | environment)
    made = Site(url, site.app, site.sandbox, environment, site.demo_shell)
    wait_until_ready(url)
    yield made
    end(process)


@pytest.fixture
def page(browser: Browser, connected: Site) -> Iterator[Page]:
    yield from a_page(browser, connected, *LOOKS[0])


def go_there(page: Page) -> None:
    """To the provider, from the sign-in page."""
    tab_to(page, "Sign in with Acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Acme")).to_be_visible()
    tab_to(page, "Continue as Dana")
    page.keyboard.press("Enter")


def test_one_is_back_where_one_was_going(page: Page) -> None:
    page.goto("/billing/wallet")
    look_at(page, "provider-sign-in")
    go_there(page)
    expect(page).to_have_url(re.compile("/billing/wallet$"))
    expect(page.get_by_role("navigation", name="Billing")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text("It is your only way to sign in.")).to_be_visible()
    look_at(page, "provider-account")


def test_where_it_says_no_the_way_back_is_reached(page: Page, provider_process: Provider) -> None:
    provider_process.answer = {"code": "", "error": "access_denied"}
    page.goto("/sign-in")
    go_there(page)
    expect(page.get_by_role("heading", name="Acme didn't sign you in")).to_be_visible()
    look_at(page, "provider-denied")
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
