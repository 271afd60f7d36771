"""A card that is needed to go on is added where it is needed: the task stays, and goes on with the card.

By keyboard alone, with the number of keys: the way over the page of payment methods took three times as many.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from app.billing.cards import payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SignInSession
from tests.browser.cards_page import ASKS, VISA, fields, fill_in
from tests.browser.looks import check
from tests.browser.site import Site, sign_in, type_card
from tests.browser.test_change_plan import PAGE, debtor, step
from tests.factories import PASSWORD, a_payer, a_person, a_stripe_card, an_organization
from tests.support.plans import DECLINES, plan_of, sell_plans
from tests.support.sandbox import Sandbox

__all__ = ["debtor"]

CARD_DECLINED = "4000000000000002"
DIGITS = len(VISA) + len("1240") + len("123")


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def tab_to(self, name: str) -> None:
        wanted = (
            self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first
        )
        for _ in range(80):
            if wanted.evaluate("e => e === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never came to {name!r}.")

    def type_card(self, number: str = VISA) -> None:
        """With the two presses of Tab between the fields."""
        type_card(self.page, number)
        self.count += len(number) + len("1240") + len("123") + 2

    def save(self) -> None:
        """Out of Stripe's fields, which are in a frame, to the button."""
        save = self.page.get_by_role("button", name="Save card")
        for _ in range(6):
            self.press("Tab")
            if save.evaluate("e => e === document.activeElement"):
                self.press("Enter")
                return
        raise AssertionError("Tab never left the fields.")


def at_review(page: Page, organization: Organization) -> None:
    """Someone who has chosen Growth."""
    sign_in(page, a_person(organization=organization).email, to=PAGE)
    page.get_by_role("radio", name="Switch to Growth").check()
    page.get_by_role("button", name="Review change").click()
    expect(page.get_by_role("heading", name="Check before you switch")).to_be_focused()


def pass_check(page: Page) -> None:
    """The bank's question, in its own frame."""
    complete = page.frame_locator("dialog iframe").get_by_role("button", name="Complete")
    expect(complete).to_be_enabled()
    complete.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog iframe")).to_have_count(0)


def cards(organization: Organization) -> list[str]:
    db.session.expire_all()
    return [card.last4 for card in payment_methods.saved(organization.id)]


def charges(sandbox: Sandbox, organization: Organization) -> int:
    """How many payments were made. The customer is made by the product, in a process of its own."""
    db.session.expire_all()
    found = sandbox.stripe.v1.payment_intents.list(
        {"customer": organization.stripe_customer_id or "", "limit": 100}
    )
    return sum(one.status == "succeeded" for one in found.data)


def test_from_free_to_growth_in_five_interactions_without_a_saved_card(
    look: Page, site: Site, app: Flask
) -> None:
    sell_plans()
    organization = an_organization()
    sign_in(look, a_person(organization=organization).email, to=PAGE)
    look.get_by_role("radio", name="Switch to Growth").check()
    look.get_by_role("button", name="Review change").click()
    step(look, "Check before you switch")
    # What nothing could pay isn't offered yet.
    expect(look.get_by_role("button", name="Switch to Growth")).to_be_hidden()
    check(look)
    fill_in(look, VISA)
    look.get_by_role("button", name="Save card").click()
    switch = look.get_by_role("button", name="Switch to Growth")
    expect(switch).to_be_focused()
    expect(look.get_by_role("region", name="Change to Growth")).to_contain_text("to Visa ending in 4242")
    expect(look.get_by_role("status").first).to_contain_text("Visa ending in 4242 was saved.")
    check(look)
    switch.press("Enter")
    step(look, "Switched")
    assert plan_of(organization).name == "Growth"
    assert charges(site.sandbox, organization) == 1
    look.goto("/billing/payment-methods")
    expect(look.get_by_role("region", name="Saved cards").get_by_role("listitem")).to_contain_text("4242")


def test_a_renewal_is_paid_with_another_card_in_few_keys(page: Page, debtor: Organization) -> None:
    sign_in(page, a_person(organization=debtor).email, to="/billing/renewal")
    keys = Keys(page)
    keys.press("Tab")
    keys.press("Enter")  # the skip link
    keys.tab_to("Add a card")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Add a card")).to_be_focused()
    expect(fields(page).get_by_label("Card number")).to_be_enabled()
    expect(page.get_by_role("button", name="Pay $99.00")).to_be_hidden()
    keys.press("Tab")
    keys.type_card("5555555555554444")
    keys.save()
    pay = page.get_by_role("button", name="Pay $99.00")
    expect(pay).to_be_focused()
    expect(page.get_by_label("Card", exact=True)).to_contain_text("Mastercard ending in 4444")
    keys.press("Enter")
    step(page, "Paid")
    assert not plan_of(debtor).is_past_due
    assert keys.count <= DIGITS + 14, keys.count


def test_a_declined_switch_is_paid_with_a_card_that_asks_after_one_that_is_refused(
    page: Page, site: Site, app: Flask
) -> None:
    sell_plans()
    organization, _ = a_payer(DECLINES)
    at_review(page, organization)
    page.get_by_role("button", name="Switch to Growth").press("Enter")
    step(page, "Not paid")
    page.get_by_role("button", name="Add a card").press("Enter")
    fill_in(page, CARD_DECLINED)
    page.get_by_role("button", name="Save card").press("Enter")
    expect(page.locator("#card-problem")).to_contain_text("The card wasn't saved.")
    fill_in(page, ASKS)
    page.get_by_role("button", name="Save card").press("Enter")
    pass_check(page)
    pay = page.get_by_role("button", name="Pay $99.00")
    expect(pay).to_be_focused()
    expect(page.get_by_label("Card")).to_contain_text("Visa ending in 3155")
    pay.press("Enter")
    pass_check(page)
    step(page, "Switched")
    assert charges(site.sandbox, organization) == 1


def test_another_card_is_chosen_in_the_review_and_is_what_is_charged(
    page: Page, site: Site, app: Flask
) -> None:
    sell_plans()
    organization, _ = a_payer(DECLINES)
    a_stripe_card(organization, "pm_card_mastercard")
    at_review(page, organization)
    page.get_by_text("Pay with another card").press("Enter")
    page.get_by_role("button", name="Use Mastercard ending in 4444").press("Enter")
    switch = page.get_by_role("button", name="Switch to Growth")
    expect(switch).to_be_focused()
    expect(page.get_by_role("region", name="Change to Growth")).to_contain_text(
        "to Mastercard ending in 4444"
    )
    switch.press("Enter")
    step(page, "Switched")
    expect(page.get_by_role("region", name="Change to Growth")).to_contain_text(
        "charged to Mastercard ending in 4444"
    )


def test_the_form_is_left_again_and_a_card_that_was_saved_before_is_chosen(page: Page, app: Flask) -> None:
    sell_plans()
    organization, _ = a_payer()
    at_review(page, organization)
    page.get_by_text("Pay with another card").press("Enter")
    page.get_by_role("button", name="Add a card").press("Enter")
    expect(page.get_by_role("button", name="Switch to Growth")).to_be_hidden()
    page.get_by_role("link", name="Cancel").press("Enter")
    expect(page.get_by_role("button", name="Add a card")).to_be_focused()
    expect(page.get_by_role("button", name="Switch to Growth")).to_be_visible()
    page.get_by_role("button", name="Add a card").press("Enter")
    fill_in(page, VISA)
    page.get_by_role("button", name="Save card").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("was already saved")
    expect(page.get_by_role("button", name="Switch to Growth")).to_be_focused()
    assert cards(organization) == ["4242"]


def test_confirming_in_between_goes_on_with_the_card_that_was_typed(
    page: Page, site: Site, app: Flask
) -> None:
    sell_plans()
    organization = an_organization()
    at_review(page, organization)
    db.session.execute(db.update(SignInSession).values(confirmed_at=utc_now() - timedelta(minutes=31)))
    db.session.commit()
    fill_in(page, VISA)
    page.get_by_role("button", name="Save card").press("Enter")
    asked = page.get_by_label("Your password")
    expect(asked).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    switch = page.get_by_role("button", name="Switch to Growth")
    expect(switch).to_be_focused()
    switch.press("Enter")
    step(page, "Switched")
    assert charges(site.sandbox, organization) == 1


@contextmanager
def another_tab(context: BrowserContext, path: str) -> Iterator[Page]:
    tab = context.new_page()
    tab.goto(path)
    yield tab
    tab.close()


def test_a_card_added_while_another_tab_switches_charges_nothing_more(
    page: Page, context: BrowserContext, site: Site, app: Flask
) -> None:
    sell_plans()
    organization, _ = a_payer()
    at_review(page, organization)
    page.get_by_text("Pay with another card").press("Enter")
    page.get_by_role("button", name="Add a card").press("Enter")
    fill_in(page, "5555555555554444")
    with another_tab(context, page.url) as tab:
        tab.get_by_role("button", name="Switch to Growth").click()
        expect(tab.get_by_role("heading", name="Switched")).to_be_visible()
    page.bring_to_front()
    # The poll shows that it is done; the form, whose task is over, goes.
    expect(page.get_by_role("heading", name="Switched")).to_be_visible()
    expect(page.get_by_role("button", name="Save card")).to_have_count(0)
    assert charges(site.sandbox, organization) == 1
    assert cards(organization) == ["4242"]


@pytest.mark.parametrize("again", ["double click", "reload", "back"])
def test_pressed_twice_after_the_card_was_added_it_charges_once(
    page: Page, site: Site, app: Flask, again: str
) -> None:
    sell_plans()
    organization = an_organization()
    at_review(page, organization)
    fill_in(page, VISA)
    page.get_by_role("button", name="Save card").dblclick()
    switch = page.get_by_role("button", name="Switch to Growth")
    expect(switch).to_be_focused()
    switch.dblclick() if again == "double click" else switch.click()
    step(page, "Switched")
    if again == "reload":
        page.reload()
    elif again == "back":
        address = page.url
        page.go_back()
        page.goto(address)
    expect(page.get_by_role("heading", name="Switched")).to_be_visible()
    assert charges(site.sandbox, organization) == 1
    assert cards(organization) == ["4242"]
