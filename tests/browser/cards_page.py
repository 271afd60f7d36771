"""The cards' page, as a test drives it."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Locator, Page

from app.models import Organization
from tests.browser.site import sign_in
from tests.factories import a_person

VISA, ASKS = "4242424242424242", "4000002500003155"

CARDS = "/billing/payment-methods"


def enter(page: Page, organization: Organization) -> None:
    sign_in(page, a_person(organization=organization).email, to=CARDS)


def fields(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='Secure payment input frame']")


def open_form(page: Page) -> None:
    page.get_by_role("button", name="Add a card").click()
    fields(page).get_by_label("Card number").wait_for()


def fill_in(page: Page, number: str) -> None:
    fields(page).get_by_label("Card number").fill(number)
    fields(page).get_by_label("Expiration date").fill("12 / 40")
    fields(page).get_by_label("CVC").fill("1234" if number.startswith("37") else "123")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save card").click()


def said(page: Page) -> Locator:
    return page.get_by_role("status").first


def listed(page: Page) -> Locator:
    return page.get_by_role("region", name="Saved cards").get_by_role("listitem")
