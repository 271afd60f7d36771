"""A top-up with each of Stripe's test cards, and each step for assistive tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.models import Organization
from tests.browser.looks import LOOKS, check
from tests.browser.site import Site, sign_in
from tests.browser.top_up_form import DECLINED, GOOD, WALLET, enter, fields, review
from tests.factories import a_person, an_organization
from tests.support.database import inside
from tests.support.violations import watched


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone who has never paid."""
    return an_organization()


@pytest.fixture
def owner(organization: Organization) -> str:
    return a_person(organization=organization).email


CARDS = [
    (GOOD, "$50.00 was charged to Visa ending in 4242"),
    ("5555555555554444", "$50.00 was charged to Mastercard ending in 4444"),
    ("378282246310005", "$50.00 was charged to American Express ending in 0005"),
    ("4000000000000002", "The bank declined this payment without giving a reason."),
    ("4000000000009995", "The card has insufficient funds."),
    ("4000000000009987", "The bank declined this payment without giving a reason."),
    ("4000000000009979", "The bank declined this payment without giving a reason."),
    ("4000000000000069", "The card has expired."),
    ("4000000000000127", "The security code (CVC) is wrong."),
    ("4000000000000119", "The payment couldn't be processed because of a technical problem."),
    ("4000000000000341", "The bank declined this payment without giving a reason."),
    ("4000002500003155", "Confirm it's you"),
    ("4000002760003184", "Confirm it's you"),
    ("4000008260003178", "Confirm it's you"),
    ("4000000000000259", "$50.00 was charged to Visa ending in 0259"),
    ("4000000000007726", "$50.00 was charged to Visa ending in 7726"),
    ("4000000000005126", "$50.00 was charged to Visa ending in 5126"),
]


class TestEveryTestCard:
    """Each of Stripe's test cards, entered as a new one, and what is read after it."""

    @pytest.fixture(scope="class")
    @classmethod
    def till(cls, _chromium: Browser, site: Site) -> Iterator[Page]:
        """One page for all of them, signed in."""
        with watched(_chromium) as browser:
            page = browser.new_page(base_url=site.url)
            with inside(site.app):
                sign_in(page, a_person(organization=an_organization()).email, to=WALLET)
            yield page

    @pytest.mark.parametrize(("number", "said"), CARDS)
    def test_is_told_in_words(self, till: Page, number: str, said: str) -> None:
        till.goto(WALLET)
        enter(till, number)
        if number.startswith("37"):
            fields(till).get_by_label("CVC").fill("1234")
        review(till)
        till.get_by_role("button", name="Pay $50.00").click()
        expect(till.get_by_role("region", name="Top up")).to_contain_text(said)

    def test_a_wrong_number_is_told_beside_its_field(self, till: Page) -> None:
        till.goto(WALLET)
        enter(till, "4242424242424241")
        till.get_by_role("button", name="Review top-up").click()
        expect(fields(till).get_by_role("alert").first).to_contain_text("number is invalid")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_nothing_for_axe_to_find_at_any_step(
    browser: Browser, site: Site, owner: str, scheme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(
        base_url=site.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, owner, to=WALLET)
    enter(page, DECLINED)
    check(page)
    page.get_by_role("radio", name="Other amount").check()
    page.get_by_role("button", name="Review top-up").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    page.get_by_role("radio", name="$100").check()
    review(page)
    check(page)
    page.get_by_role("button", name="Pay $100.00").click()
    expect(page.get_by_role("heading", name="Not paid")).to_be_visible()
    fields(page).get_by_label("Card number").wait_for()
    check(page)
    context.close()
