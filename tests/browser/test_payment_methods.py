"""Payment methods in a browser: adding, choosing and removing cards within the page, by keyboard alone, and live."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.extensions import db
from app.models import Organization
from tests.browser.cards_page import ASKS, CARDS, VISA, enter, fields, fill_in, listed, open_form, said, save
from tests.browser.site import Site, sign_in, tab_to, type_card
from tests.factories import a_payer, a_person, a_stripe_card, an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone with a Visa, which is the default, and a Mastercard."""
    made, _ = a_payer()
    a_stripe_card(made, "pm_card_mastercard")
    return made


class TestAddingByKeyboard:
    def test_a_card(self, page: Page, app: Flask) -> None:
        enter(page, an_organization())
        tab_to(page, "Add a card")
        page.keyboard.press("Enter")
        heading = page.get_by_role("heading", name="Add a card", level=3)
        expect(heading).to_be_focused()
        expect(fields(page).get_by_label("Card number")).to_be_enabled()
        page.keyboard.press("Tab")
        type_card(page, VISA)
        tab_to(page, "Save card")
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("Visa ending in 4242 was saved.")
        expect(listed(page).filter(has_text="Default")).to_be_focused()
        expect(heading).to_have_count(0)
        expect(page.get_by_role("button", name="Add a card")).to_be_visible()

    def test_leaving_the_form_goes_back_to_its_button(
        self, page: Page, site: Site, organization: Organization
    ) -> None:
        enter(page, organization)
        open_form(page)
        tab_to(page, "Cancel")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Add a card")).to_be_focused()
        expect(page.get_by_role("button", name="Save card")).to_have_count(0)

    def test_forms_that_are_only_opened_leave_nothing_at_stripe(
        self, page: Page, app: Flask, site: Site
    ) -> None:
        organization = an_organization()
        enter(page, organization)
        for _ in range(3):
            open_form(page)
            page.get_by_role("link", name="Cancel").click()
        db.session.refresh(organization)
        assert organization.stripe_customer_id is None

    def test_with_3_d_secure(self, page: Page, app: Flask) -> None:
        enter(page, an_organization())
        open_form(page)
        fill_in(page, ASKS)
        save(page)
        complete = page.frame_locator("dialog iframe").get_by_role("button", name="Complete")
        expect(complete).to_be_enabled()
        complete.focus()
        expect(complete).to_be_focused()
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("Visa ending in 3155 was saved.")

    def test_3_d_secure_failed_then_abandoned_then_done_in_the_same_form(
        self, page: Page, app: Flask
    ) -> None:
        enter(page, an_organization())
        open_form(page)
        fill_in(page, ASKS)
        problem = page.get_by_text("The card wasn't saved.")
        save(page)
        page.frame_locator("dialog iframe").get_by_role("button", name="Fail").click()
        expect(problem).to_be_visible()
        expect(page.get_by_role("button", name="Save card")).to_be_focused()
        save(page)
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").wait_for()
        page.keyboard.press("Escape")
        expect(problem).to_be_visible()
        expect(fields(page).get_by_label("CVC")).to_have_value("123")
        save(page)
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").click()
        expect(said(page)).to_contain_text("Visa ending in 3155 was saved.")


def test_each_card_that_can_t_be_saved_says_why_and_the_form_stays(page: Page, app: Flask) -> None:
    enter(page, an_organization())
    open_form(page)
    problem = page.locator("#card-problem")
    for number, words in (
        ("4000000000000002", "wasn't saved. Use another card, or ask your bank and try again."),
        ("4000000000009995", "insufficient funds."),
        ("4000000000009987", "Your card was declined."),
        ("4000000000009979", "Your card was declined."),
        ("4000000000000069", "Your card has expired."),
        ("4000000000000127", "security code is incorrect."),
        ("4000000000000119", "An error occurred while processing your card."),
        ("4242424242424241", "card number is"),
    ):
        fill_in(page, number)
        save(page)
        expect(problem, number).to_contain_text(words)
        expect(problem, number).to_contain_text("The card wasn't saved.")
        expect(problem, number).not_to_contain_text(re.compile("lost|stolen"))
    fill_in(page, "5555555555554444")
    save(page)
    expect(said(page)).to_contain_text("Mastercard ending in 4444 was saved.")
    expect(listed(page)).to_have_count(1)


@pytest.mark.parametrize(
    ("number", "label"),
    [
        ("378282246310005", "American Express ending in 0005"),
        ("4000000000000341", "Visa ending in 0341"),
        ("4000000000000259", "Visa ending in 0259"),
    ],
)
def test_cards_that_can_be_saved(page: Page, app: Flask, number: str, label: str) -> None:
    enter(page, an_organization())
    open_form(page)
    fill_in(page, number)
    save(page)
    expect(said(page)).to_contain_text(f"{label} was saved.")


def test_the_same_card_again_is_said_to_be_there_already(page: Page, organization: Organization) -> None:
    enter(page, organization)
    open_form(page)
    fill_in(page, VISA)
    save(page)
    expect(said(page)).to_contain_text(
        "Visa ending in 4242 was already saved. Its details are now up to date."
    )
    expect(listed(page)).to_have_count(2)


def test_with_a_modifier_or_without_scripts_the_form_has_a_page_of_its_own(
    browser: Browser, context: BrowserContext, page: Page, site: Site, organization: Organization
) -> None:
    enter(page, organization)
    with context.expect_page() as opened:
        page.get_by_role("button", name="Add a card").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Add a card", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Save card")).to_have_count(0)
    plain = browser.new_context(base_url=site.url, java_script_enabled=False)
    without = plain.new_page()
    enter(without, organization)
    without.get_by_role("button", name="Make default Mastercard ending in 4444").click()
    expect(said(without)).to_contain_text("Mastercard ending in 4444 is now your default card.")
    without.get_by_role("button", name="Remove Visa ending in 4242").click()
    without.get_by_role("button", name="Remove card").click()
    expect(said(without)).to_contain_text("Visa ending in 4242 was removed.")
    without.get_by_role("button", name="Add a card").click()
    expect(without.get_by_role("heading", name="Add a card", level=1)).to_be_visible()
    expect(without.get_by_role("button", name="Save card")).to_have_count(0)
    plain.close()


def test_on_its_own_page_a_card_leads_on_to_what_it_was_wanted_for(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to=f"{CARDS}/new?next=/billing/wallet")
    fields(page).get_by_label("Card number").wait_for()
    fill_in(page, VISA)
    save(page)
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(said(page)).to_contain_text("Visa ending in 4242 was saved.")
