"""Auto top-up on open pages: what the Wallet page says of it comes by itself, and changes nothing that someone types."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.brake import answering
from app.models import BrakeAnswer
from tests.browser.site import Site, sign_in
from tests.factories import OWNER, a_payer, a_person, give_credit
from tests.support.auto_top_ups import look, switch_on, use
from tests.support.braking import the_stop, usually_spends


def test_the_wallet_page_follows_it_while_someone_types(page: Page, app: Flask, site: Site) -> None:
    organization, card = a_payer(credit="120")
    usually_spends(organization, 1)
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    panel = page.locator("#auto-top-up")
    expect(panel).to_contain_text("Off. No card is charged automatically.")
    page.get_by_role("radio", name="Other amount").check()
    amount = page.get_by_role("textbox", name="Other amount")
    amount.fill("73.21")

    def nothing_else_has_changed() -> None:
        expect(amount).to_have_value("73.21")
        expect(amount).to_be_focused()
        expect(page.get_by_role("radio", name="Other amount")).to_be_checked()

    switch_on(organization, card, has_brake=True, cap="2000")
    expect(panel).to_contain_text("On: below $20.00, a card is charged to refill to $100.00.")
    expect(panel.get_by_role("link", name="Change auto top-up")).to_be_visible()
    nothing_else_has_changed()
    use(organization, 110)
    look(organization)
    expect(panel).to_contain_text("More was spent within an hour than usual, and no owner has answered yet.")
    expect(page.get_by_role("link", name="Answer", exact=True)).to_be_visible()
    nothing_else_has_changed()
    answering.answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, OWNER)
    look(organization)
    expect(panel).to_contain_text("On: below $20.00")
    expect(page.get_by_role("link", name="Answer", exact=True)).to_be_hidden()
    nothing_else_has_changed()
    give_credit(organization, "1")
    page.keyboard.type("9")
    expect(amount).to_have_value("73.219")


@pytest.mark.parametrize("width", [320, 1280])
def test_every_step_of_switching_it_on_is_in_view(page: Page, app: Flask, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    organization, _ = a_payer(credit="60")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/auto-top-up")
    page.get_by_role("button", name="Turn on auto top-up").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_be_in_viewport()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Turn on auto top-up").click()
    expect(page.get_by_role("status").filter(has_text="Auto top-up is on.")).to_be_in_viewport()
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("status").filter(has_text="Auto top-up is off.")).to_be_in_viewport()
