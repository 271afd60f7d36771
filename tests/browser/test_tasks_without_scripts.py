"""Where scripts are off, everything but the card form is done: each task by its forms and links, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.models import Organization
from tests.browser.site import Site, sign_in
from tests.factories import a_person, a_stripe_card
from tests.support.money import credited
from tests.support.plans import a_subscriber, plan_of
from tests.support.violations import WatchedBrowser


@pytest.fixture
def organization(app: Flask) -> Organization:
    found = a_subscriber("growth")
    a_stripe_card(found, "pm_card_mastercard")
    return found


@pytest.fixture
def plain(browser: WatchedBrowser, site: Site, organization: Organization) -> Iterator[Page]:
    """A browser without scripts, of someone who is signed in."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, a_person(organization=organization).email)
    yield page
    context.close()


def press(page: Page, name: str | re.Pattern[str], role: str = "button") -> None:
    page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def sees(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()


def told(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def test_every_task_but_the_card_form(plain: Page, organization: Organization) -> None:
    # A top-up, with a mistake on the way: what was typed stays.
    plain.goto("/billing/wallet")
    plain.get_by_role("radio", name="Other amount").check(force=True)
    plain.get_by_label("Other amount", exact=True).last.fill("1,2,3")
    press(plain, "Review top-up")
    expect(plain.locator("#other_amount")).to_have_value("1,2,3")
    plain.locator("#other_amount").fill("75")
    press(plain, "Review top-up")
    sees(plain, "Check before you pay")
    press(plain, "Pay $75.00")
    sees(plain, "Paid")
    assert credited(organization) == [75]
    # The cards.
    plain.goto("/billing/payment-methods")
    press(plain, "Make default Mastercard ending in 4444")
    told(plain, "Mastercard ending in 4444")
    press(plain, "Remove Visa ending in 4242")
    sees(plain, "Remove this card?")
    press(plain, "Remove card")
    told(plain, "Visa ending in 4242 was removed.")
    plain.goto("/billing/payment-methods/new")
    expect(plain.locator("noscript p")).to_be_visible()
    # The plan, monthly to yearly.
    plain.goto("/billing/change-plan")
    plain.get_by_role("radio", name=re.compile("^Yearly")).check(force=True)
    press(plain, "Review change")
    press(plain, "Switch to Growth (yearly)")
    sees(plain, "Switched")
    assert plan_of(organization).interval == "year"
    # What the wallet does by itself.
    plain.goto("/billing/wallet/auto-top-up")
    plain.get_by_role("checkbox").first.check()
    press(plain, "Turn on auto top-up")
    told(plain, "Auto top-up is on")
    press(plain, "Turn off")
    expect(plain.get_by_role("button", name="Turn on auto top-up")).to_be_visible()
    # What is looked up.
    for address, said in (
        ("/billing/wallet?kind=top_up", "History"),
        ("/billing/cost-change", "What made the difference"),
        (
            "/billing/wallet/campaign-check?calls=200&answered=70&shortest=1&longest=3&per_day=7&meter=calls_outbound",
            "This campaign costs",
        ),
        ("/workplace/invoices", "Wallet statements"),
        ("/billing/activity", "Who did what"),
    ):
        plain.goto(address)
        expect(plain.get_by_text(said).first).to_be_visible()
