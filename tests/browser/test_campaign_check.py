"""The campaign check by keyboard alone: from the wallet to the estimate in place, and on to the top-up that covers it."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.site import sign_in, tab_to
from tests.factories import a_payer, a_person


def test_from_the_wallet_to_the_top_up_that_covers_a_campaign(page: Page, app: Flask) -> None:
    organization, _ = a_payer(credit="3.50")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    tab_to(page, "Check a campaign")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check campaign")).to_be_visible()
    tab_to(page, "Number of calls")
    page.keyboard.press("Enter")
    error = page.get_by_role("group", name="There is a problem").get_by_role(
        "link", name="Enter a whole number from 1 to 10,000,000."
    )
    expect(error).to_be_visible()
    expect(page.locator(".error-summary")).to_be_focused()
    tab_to(page, "Enter a whole number from 1 to 10,000,000.")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Number of calls")).to_be_focused()
    page.keyboard.type("200")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="This campaign costs about")).to_be_visible()
    expect(page.get_by_label("Number of calls")).to_be_focused()
    tab_to(page, "Top up $25")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wallet")).to_be_visible()
    expect(page.get_by_role("radio", name="$25", exact=True)).to_be_checked()
