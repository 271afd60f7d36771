"""The shop's page beside the running stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe
from playwright.sync_api import Browser

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.browser.chromium import chromium
from stripe_sandbox.tests.browser.customer import Customer
from stripe_sandbox.tests.browser.shop import opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def shop(process: Process) -> Iterator[str]:
    with opened(process.url) as address:
        yield address


@pytest.fixture
def customer(
    browser: Browser, shop: str, stand_in: Process, client: stripe.StripeClient
) -> Iterator[Customer]:
    """A person with a phone. What the policies of pages stop in their browser fails the test."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(10_000)
    customer = Customer(page, shop, stand_in, client)
    yield customer
    context.close()
    assert customer.violations == []
