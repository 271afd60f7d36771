"""Topping up with a card that is entered in the form: by keyboard alone, declined and replaced, with the bank, refused."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from app.billing.cards import payment_methods
from app.extensions import db
from app.models import Organization
from tests.browser.site import sign_in, tab_to, type_card
from tests.browser.top_up_form import DECLINED, FIELDS, GOOD, WALLET, enter, fields, review
from tests.factories import a_payer, a_person, a_stripe_card, an_organization
from tests.support.money import credited

ASKS = "4000002760003184"


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone who has never paid."""
    return an_organization()


@pytest.fixture
def owner(organization: Organization) -> str:
    return a_person(organization=organization).email


def saved(organization: Organization) -> list[str]:
    db.session.rollback()
    return [card.last4 for card in payment_methods.saved(organization.id)]


def test_by_keyboard_alone(page: Page, organization: Organization, owner: str) -> None:
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    sign_in(page, owner, to=WALLET)
    expect(fields(page).get_by_label("Card number")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("radio", name="$50", exact=True)).to_be_focused()
    expect(fields(page).get_by_label("Card number")).to_be_enabled()
    page.keyboard.press("Tab")
    type_card(page, GOOD)
    tab_to(page, "Save this card for next time")
    page.keyboard.press("Space")
    tab_to(page, "Review top-up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check before you pay")).to_be_focused()
    expect(page.get_by_text("You'll pay $50.00 with Visa ending in 4242")).to_be_visible()
    expect(page.get_by_text("the card is saved for next time")).to_be_visible()
    assert credited(organization) == []
    tab_to(page, "Pay $50.00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Paid")).to_be_focused()
    assert credited(organization) == [50]
    assert saved(organization) == ["4242"]
    assert {url.split("/v1/")[-1] for url, body in sent if GOOD in body} == {"confirmation_tokens"}


def test_enter_in_the_card_fields_sends_the_form_and_unfinished_ones_say_what_is_missing(
    page: Page, owner: str
) -> None:
    sign_in(page, owner, to=WALLET)
    number = fields(page).get_by_label("Card number")
    number.fill("4242")
    number.press("Enter")
    expect(fields(page).get_by_role("alert").first).to_contain_text("incomplete")
    expect(number).to_be_focused()
    expect(page.get_by_role("button", name="Review top-up")).to_be_enabled()
    enter(page, GOOD)
    fields(page).get_by_label("CVC").press("Enter")
    expect(page.get_by_role("heading", name="Check before you pay")).to_be_focused()


def test_a_refused_amount_keeps_what_was_typed_into_the_card_fields(page: Page, owner: str) -> None:
    sign_in(page, owner, to=WALLET)
    enter(page, GOOD)
    page.get_by_label("Save this card").check()
    page.get_by_role("radio", name="Other amount").check()
    amount = page.get_by_role("textbox", name="Other amount")
    for typed in ("2", "12,50", "lots"):
        amount.fill(typed)
        page.get_by_role("button", name="Review top-up").click()
        expect(page.locator(".error-summary")).to_be_focused()
        expect(fields(page).get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    amount.fill("12.50")
    review(page)
    expect(page.get_by_text("You'll pay $12.50 with Visa ending in 4242")).to_be_visible()
    expect(page.get_by_text("the card is saved for next time")).to_be_visible()


def test_a_declined_card_is_replaced_without_losing_the_amount(
    page: Page, organization: Organization, owner: str
) -> None:
    sign_in(page, owner, to=f"{WALLET}?amount=73.21")
    enter(page, DECLINED)
    review(page)
    page.get_by_role("button", name="Pay $73.21").click()
    expect(page.get_by_role("heading", name="Not paid")).to_be_focused()
    enter(page, "4000000000009995")
    page.get_by_role("button", name="Pay $73.21").click()
    expect(page.get_by_text("has insufficient funds").first).to_be_visible()
    enter(page, "5555555555554444")
    page.get_by_role("button", name="Pay $73.21").dblclick()
    expect(page.get_by_role("heading", name="Paid")).to_be_focused()
    expect(page.get_by_text("$73.21 was charged to Mastercard ending in 4444").first).to_be_visible()
    assert credited(organization) == [73]
    assert saved(organization) == []


def test_the_bank_asks_is_left_refused_and_answered(
    page: Page, organization: Organization, owner: str
) -> None:
    challenge = page.frame_locator("dialog iframe")
    sign_in(page, owner, to=WALLET)
    enter(page, ASKS)
    review(page)
    page.get_by_role("button", name="Pay $50.00").click()
    challenge.get_by_role("button", name="Complete").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_text("wasn't confirmed with the bank").first).to_be_visible()
    expect(page.get_by_text("Enter the card again and confirm when asked").first).to_be_visible()
    enter(page, ASKS)
    page.get_by_role("button", name="Pay $50.00").click()
    challenge.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("heading", name="Not paid")).to_be_visible()
    enter(page, ASKS)
    page.get_by_label("Save this card").check()
    page.get_by_role("button", name="Pay $50.00").click()
    challenge.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert credited(organization) == [50]
    assert saved(organization) == ["3184"]


def test_a_lost_connection_loses_nothing_and_is_one_wish(
    page: Page, context: BrowserContext, organization: Organization, owner: str
) -> None:
    sign_in(page, owner, to=WALLET)
    enter(page, GOOD)
    page.route("**/billing/wallet/top-ups", lambda route: route.abort())
    page.get_by_role("button", name="Review top-up").click()
    expect(page.get_by_text("The connection was lost")).to_be_visible()
    page.unroute("**/billing/wallet/top-ups")
    # What the card was entered for has changed: it is entered for that now.
    page.get_by_label("Save this card").check()
    review(page)
    expect(page.get_by_text("the card is saved for next time")).to_be_visible()
    page.get_by_role("button", name="Pay $50.00").click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert credited(organization) == [50]
    assert saved(organization) == ["4242"]


class TestBesideSavedCards:
    @pytest.fixture
    def organization(self, app: Flask) -> Organization:
        return a_payer()[0]

    def test_stripe_is_asked_for_its_fields_only_once_another_card_is_wanted(
        self, page: Page, owner: str, organization: Organization
    ) -> None:
        sign_in(page, owner, to=WALLET)
        card = page.get_by_role("combobox", name="Card")
        expect(page.locator(FIELDS)).to_have_count(0)
        card.select_option("Another card")
        enter(page, "5555555555554444")
        card.select_option(index=0)
        expect(page.get_by_role("group", name="Card details")).to_be_hidden()
        card.select_option("Another card")
        expect(fields(page).get_by_label("Card number")).to_have_value("5555 5555 5555 4444")
        review(page)
        page.get_by_role("link", name="Change", exact=True).click()
        expect(card.locator("option:checked")).to_contain_text("Mastercard ending in 4444, entered just now")

    def test_a_card_saved_in_another_tab_comes_by_itself_but_not_while_someone_is_in_the_form(
        self, page: Page, owner: str, organization: Organization
    ) -> None:
        sign_in(page, owner, to=WALLET)
        card = page.get_by_role("combobox", name="Card")
        card.select_option("Another card")
        enter(page, "4000056655665556")
        with page.expect_response(lambda answer: "busy=1" in answer.url and answer.status == 200):
            a_stripe_card(organization, "pm_card_mastercard")
        expect(card.locator("option")).to_have_count(2)
        page.get_by_role("heading", name="History").click()
        page.evaluate("document.activeElement.blur()")
        expect(card.locator("option")).to_have_count(3)
        expect(card.locator("option:checked")).to_have_text("Another card")
        expect(fields(page).get_by_label("Card number")).to_have_value("4000 0566 5566 5556")

    @pytest.mark.parametrize("part", ["**/stripe.js", "**/_sandbox/frames/card*"])
    def test_where_stripes_fields_do_not_load_the_saved_cards_still_pay(
        self, page: Page, owner: str, organization: Organization, part: str
    ) -> None:
        page.route(part, lambda route: route.abort())
        sign_in(page, owner, to=WALLET)
        page.get_by_role("combobox", name="Card").select_option("Another card")
        again = page.get_by_role("button", name="Reload card fields")
        expect(again).to_be_visible()
        expect(page.get_by_text("you can't enter a card right now")).to_be_visible()
        page.unroute(part)
        again.press("Enter")
        expect(fields(page).get_by_label("Card number")).to_be_focused()
        expect(again).to_have_count(0)
        page.get_by_role("combobox", name="Card").select_option(index=0)
        review(page)
