"""The wallet's form with Stripe's card fields in it, as a test drives it."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page, expect

WALLET = "/billing/wallet"
GOOD = "4242424242424242"
DECLINED = "4000000000000002"

FIELDS = "iframe[title='Secure payment input frame']"


def fields(page: Page) -> FrameLocator:
    return page.frame_locator(FIELDS)


def enter(page: Page, number: str) -> None:
    """Type a card into Stripe's fields."""
    fields(page).get_by_label("Card number").fill(number)
    fields(page).get_by_label("Expiration date").fill("12 / 34")
    fields(page).get_by_label("CVC").fill("123")


def review(page: Page) -> None:
    page.get_by_role("button", name="Review top-up").click()
    expect(page.get_by_role("heading", name="Check before you pay")).to_be_visible()
