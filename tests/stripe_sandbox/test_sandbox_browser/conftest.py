"""A browser for the whole run, and the shop's page beside the running stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.stripe_sandbox.test_sandbox_browser.customer import Customer
from tests.stripe_sandbox.test_sandbox_browser.shop import create_shop, serving
from tests.support.sandbox import Sandbox

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shop(sandbox_process: Sandbox) -> Iterator[str]:
    with serving(create_shop(sandbox_process.url)) as address:
        yield address


@pytest.fixture
def customer(chromium: Browser, shop: str, sandbox: Sandbox) -> Iterator[Customer]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield Customer(page, shop, sandbox)
    context.close()
