"""The shop's page beside the running stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.stripe_sandbox.test_sandbox_browser.customer import Customer
from tests.stripe_sandbox.test_sandbox_browser.shop import create_shop
from tests.support.sandbox import Sandbox
from tests.support.serving import serving


@pytest.fixture(scope="module")
def shop(sandbox_process: Sandbox) -> Iterator[str]:
    with serving(create_shop(sandbox_process.url)) as address:
        yield address


@pytest.fixture
def customer(browser: Browser, shop: str, sandbox: Sandbox) -> Iterator[Customer]:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield Customer(page, shop, sandbox)
    context.close()
