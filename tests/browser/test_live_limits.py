"""The open page of limits: what another owner does comes in, and what is being chosen stays."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.site import sign_in
from tests.factories import a_payer, a_person
from tests.support.limits import a_draft, a_limit, use_tokens


def test_a_poll_brings_what_is_new_and_leaves_what_is_chosen_and_focused(app: Flask, page: Page) -> None:
    organization, _ = a_payer(credit="500")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/limits")
    chosen = page.get_by_label("Country or numbers")
    chosen.select_option(label="Somalia")
    chosen.focus()
    a_limit(organization, a_draft("40"))
    expect(page.get_by_text("$0.00 of $40.00 today")).to_be_visible()
    use_tokens(organization)
    expect(page.get_by_text("$36.00 of $40.00 today")).to_be_visible()
    expect(chosen).to_be_focused()
    expect(chosen.locator("option:checked")).to_have_text("Somalia")
    change = page.get_by_role("link", name="Change the limit of Whole organization")
    change.focus()
    use_tokens(organization, tokens=250_000)
    expect(page.get_by_text("$39.00 of $40.00 today")).to_be_visible()
    expect(change).to_be_focused()
