"""Changing cards in the browser: the default, removing one, and what others change meanwhile."""

from __future__ import annotations

import re

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from app.billing.cards import payment_methods
from app.extensions import db
from app.models import Organization
from tests.browser.cards_page import CARDS, enter, fields, fill_in, listed, open_form, said, save
from tests.browser.looks import check
from tests.browser.site import Site, tab_to
from tests.factories import a_payer, a_stripe_card
from tests.support import subscriptions
from tests.support.sandbox import detach_in_dashboard, network_update
from tests.support.subscriptions import Period


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone with a Visa, which is the default, and a Mastercard."""
    made, _ = a_payer()
    a_stripe_card(made, "pm_card_mastercard")
    return made


def on_growth(organization: Organization) -> None:
    today = organization.local_day()
    subscriptions.subscribe(organization, "growth", period=Period(today, today + relativedelta(months=1)))
    db.session.commit()


class TestChanging:
    def test_make_default_by_keyboard(self, page: Page, organization: Organization) -> None:
        enter(page, organization)
        button = page.get_by_role("button", name="Make default Mastercard ending in 4444")
        button.focus()
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("Mastercard ending in 4444 is now your default card.")
        expect(listed(page).first).to_contain_text(re.compile("Mastercard.*Default", re.DOTALL))
        expect(button).to_have_count(0)
        expect(page.get_by_role("heading", name="Saved cards")).to_be_focused()

    def test_a_double_click_and_a_second_tab_do_no_harm(
        self, context: BrowserContext, page: Page, organization: Organization
    ) -> None:
        enter(page, organization)
        other = context.new_page()
        other.goto(CARDS)
        for tab in (page, other):
            tab.get_by_role("button", name="Remove Mastercard ending in 4444").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove card").dblclick()
        expect(said(page)).to_contain_text("Mastercard ending in 4444 was removed.")
        dialog = other.get_by_role("dialog", name="Remove this card?")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Remove card").click()
        expect(other.get_by_role("alert").first).to_contain_text("is no longer saved")
        expect(listed(other)).to_have_count(1)

    def test_removing_by_keyboard(self, page: Page, organization: Organization) -> None:
        enter(page, organization)
        button = page.get_by_role("button", name="Remove Visa ending in 4242")
        dialog = page.get_by_role("dialog", name="Remove this card?")
        button.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text("Mastercard ending in 4444 becomes your default card.")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Remove card").focus()
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text(
            "Visa ending in 4242 was removed. Mastercard ending in 4444 is now your default card."
        )
        expect(page.get_by_role("heading", name="Saved cards")).to_be_focused()
        expect(listed(page)).to_have_count(1)

    def test_a_card_that_is_needed_stays_and_the_way_out_is_at_hand(self, page: Page, app: Flask) -> None:
        organization, _ = a_payer()
        on_growth(organization)
        enter(page, organization)
        page.get_by_role("button", name="Remove Visa ending in 4242").press("Enter")
        dialog = page.get_by_role("dialog", name="Remove this card?")
        expect(dialog).to_contain_text("is your last working card")
        expect(dialog).to_contain_text(re.compile(r"Growth, renews on \w+ \d+"))
        expect(dialog.get_by_role("button", name="Remove card")).to_have_count(0)
        check(page)
        dialog.get_by_role("button", name="Add another card").press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("heading", name="Add a card", level=3)).to_be_focused()
        fill_in(page, "5555555555554444")
        save(page)
        expect(said(page)).to_contain_text("Mastercard ending in 4444 was saved.")
        page.get_by_role("button", name="Remove Visa ending in 4242").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove card").click()
        expect(said(page)).to_contain_text("Visa ending in 4242 was removed.")

    def test_a_card_that_is_needed_since_the_question_was_asked_stays_too(
        self, page: Page, app: Flask
    ) -> None:
        organization, _ = a_payer()
        enter(page, organization)
        page.get_by_role("button", name="Remove Visa ending in 4242").press("Enter")
        dialog = page.get_by_role("dialog", name="Remove this card?")
        expect(dialog).to_be_visible()
        on_growth(organization)
        dialog.get_by_role("button", name="Remove card").press("Enter")
        refusal = page.get_by_role("region", name="Visa ending in 4242 can't be removed yet")
        expect(refusal).to_contain_text(re.compile(r"Growth, renews on \w+ \d+"))
        expect(refusal.get_by_role("heading")).to_be_focused()
        check(page)
        tab_to(page, "Add another card")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Add a card", level=3)).to_be_focused()


class TestLive:
    def test_what_the_network_tells_shows_by_itself_and_takes_nothing_away(
        self, page: Page, site: Site, organization: Organization
    ) -> None:
        enter(page, organization)
        open_form(page)
        fields(page).get_by_label("Card number").press_sequentially("4242 42")
        [visa] = [one for one in payment_methods.saved(organization.id) if one.brand == "visa"]
        network_update(site.sandbox, visa.stripe_id, exp_year=2044)
        expect(listed(page).first).to_contain_text("12/2044")
        expect(fields(page).get_by_label("Card number")).to_have_value("4242 42")
        expect(fields(page).get_by_label("Card number")).to_be_focused()

    def test_a_card_that_is_detached_meanwhile_leaves_the_list_once_nothing_is_asked_about_it(
        self, page: Page, site: Site, organization: Organization
    ) -> None:
        enter(page, organization)
        page.get_by_role("button", name="Remove Visa ending in 4242").click()
        dialog = page.get_by_role("dialog", name="Remove this card?")
        [visa] = [one for one in payment_methods.saved(organization.id) if one.brand == "visa"]
        detach_in_dashboard(site.sandbox, visa.stripe_id)
        other = page.context.new_page()
        other.goto(CARDS)
        expect(listed(other)).to_have_count(1)
        page.bring_to_front()
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(listed(page)).to_have_count(1)
