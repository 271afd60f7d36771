"""The cards' page in trouble: lost connections, ended sessions, Stripe away; and each state for assistive tools."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.browser.cards_page import VISA, enter, fill_in, open_form, said, save
from tests.browser.looks import check_in_each_look
from tests.browser.site import Site
from tests.factories import a_card, a_payer, a_stripe_card, an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone with a Visa, which is the default, and a Mastercard."""
    made, _ = a_payer()
    a_stripe_card(made, "pm_card_mastercard")
    return made


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
