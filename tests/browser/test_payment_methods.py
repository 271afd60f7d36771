"""Payment methods in a browser: adding, choosing and removing cards within the page, by keyboard alone, and live."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, Route, expect

from app.billing.cards import payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.browser.site import Site, sign_in, tab_to, type_card
from tests.browser.test_pages import LOOKS, check, check_in_each_look, look, sight
from tests.factories import a_card, a_payer, a_person, a_stripe_card, an_organization
from tests.support import subscriptions
from tests.support.sandbox import detach_in_dashboard, network_update
from tests.support.subscriptions import Period

CARDS = "/billing/payment-methods"
VISA, ASKS = "4242424242424242", "4000002500003155"
__all__ = ["LOOKS", "look", "sight"]


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


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


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
        check(page)
        dialog.get_by_role("button", name="Remove card").press("Enter")
        refusal = page.get_by_role("region", name="Visa ending in 4242 can't be removed yet")
        expect(refusal).to_contain_text(re.compile(r"Growth, renews on \w+ \d+"))
        expect(refusal.get_by_role("heading")).to_be_focused()
        check(page)
        tab_to(page, "Add another card")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Add a card", level=3)).to_be_focused()
        fill_in(page, "5555555555554444")
        save(page)
        expect(said(page)).to_contain_text("Mastercard ending in 4444 was saved.")
        expect(refusal).to_have_count(0)
        page.get_by_role("button", name="Remove Visa ending in 4242").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove card").click()
        expect(said(page)).to_contain_text("Visa ending in 4242 was removed.")


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


class TestBadLuck:
    """Nothing that was typed is lost, and pressing Save again does it."""

    def begin(self, page: Page) -> Locator:
        enter(page, an_organization())
        open_form(page)
        fill_in(page, VISA)
        return page.locator("#card-problem")

    def test_stripe_can_t_be_reached_to_begin(self, page: Page, app: Flask, site: Site) -> None:
        problem = self.begin(page)
        site.sandbox.fail("POST /v1/setup_intents", "html", times=3)
        save(page)
        expect(problem).to_contain_text("so nothing was saved or charged. Try again in a moment.")
        site.sandbox.clear_faults()
        save(page)
        expect(said(page)).to_contain_text("Visa ending in 4242 was saved.")

    def test_stripe_can_t_be_reached_to_confirm(self, page: Page, app: Flask, site: Site) -> None:
        problem = self.begin(page)

        def fail(route: Route) -> None:
            """Let Stripe go away between its own script and our server."""
            site.sandbox.fail("GET /v1/setup_intents/*", "500_before", times=50)
            route.continue_()

        page.route("**/billing/payment-methods", fail, times=1)
        save(page)
        expect(problem).to_contain_text("Press Save card again.")
        site.sandbox.clear_faults()
        save(page)
        expect(said(page)).to_contain_text("Visa ending in 4242")

    def test_the_connection_is_lost(self, page: Page, app: Flask) -> None:
        problem = self.begin(page)
        page.route("**/payment-methods/setups", lambda route: route.abort())
        save(page)
        expect(problem).to_contain_text("The connection was lost, and the card wasn't saved.")
        page.unroute("**/payment-methods/setups")
        save(page)
        expect(said(page)).to_contain_text("Visa ending in 4242 was saved.")

    def test_stripe_s_script_is_blocked(self, page: Page, app: Flask) -> None:
        page.route("**/stripe.js", lambda route: route.abort())
        enter(page, an_organization())
        page.get_by_role("button", name="Add a card").click()
        expect(page.locator("#card-problem")).to_contain_text("nothing blocks js.stripe.com")
        page.unroute("**/stripe.js")
        save(page)
        fill_in(page, VISA)
        save(page)
        expect(said(page)).to_contain_text("Visa ending in 4242 was saved.")


def many() -> Organization:
    """A hundred cards, in every state."""
    organization = an_organization()
    soon = organization.local_day() + timedelta(days=20)
    for number in range(100):
        card = a_card(organization, last4=f"{number:04}", default=number == 0)
        if number % 5 == 1:
            card.exp_year, card.exp_month = soon.year, soon.month
        elif number % 5 == 2:
            card.exp_year = 2020
        elif number % 5 == 3:
            card.failing_since = utc_now()
    db.session.commit()
    return organization


@pytest.mark.parametrize("state", [an_organization, lambda: a_payer()[0], many], ids=["none", "one", "many"])
def test_each_state_of_the_page_is_accessible(
    sight: Page, app: Flask, state: Callable[[], Organization]
) -> None:
    enter(sight, state())
    check_in_each_look(sight)
    removal = sight.get_by_role("button", name="Remove").first
    if removal.count():
        removal.click()
        sight.get_by_role("dialog").wait_for()
        check_in_each_look(sight)
        sight.keyboard.press("Escape")
    open_form(sight)
    check_in_each_look(sight)
    save(sight)
    expect(sight.locator("#card-problem")).to_contain_text("The card wasn't saved.")
    check_in_each_look(sight)
