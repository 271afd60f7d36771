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

CHANGE = re.compile("^Change (the limit|what)")


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


def credit_is_bought(plain: Page) -> None:
    """What is set aside and refilled later."""
    plain.goto("/billing/wallet")
    plain.get_by_role("radio", name=re.compile(r"^\$100")).check(force=True)
    press(plain, "Review top-up")
    press(plain, "Pay $100.00")
    sees(plain, "Paid")


def billing_details(plain: Page) -> None:
    """Billing details, with a mistake on the way."""
    plain.goto("/billing/details")
    plain.get_by_label("Legal name").fill("Harbor Dental LLC")
    plain.get_by_label("Billing email recipients").fill("no address")
    press(plain, "Save billing details")
    expect(plain.locator(".error-summary")).to_be_visible()
    expect(plain.get_by_label("Legal name")).to_have_value("Harbor Dental LLC")
    plain.get_by_label("Billing email recipients").fill("books@harbor.example")
    press(plain, "Save billing details")
    told(plain, "Billing details saved.")


def alerts(plain: Page) -> None:
    """Levels of alerts, a channel for them, what it gets, and its end."""
    plain.goto("/billing/wallet/alerts")
    plain.locator("#levels input[type=text]").first.fill("30")
    press(plain, "Save levels")
    told(plain, "The levels are saved.")
    press(plain, "Add a person's email", "link")
    plain.get_by_label("Person").select_option(index=1)
    press(plain, "Add")
    told(plain, "The channel was added.")
    plain.locator("#who input[type=checkbox]").last.check()
    press(plain, "Save choices")
    told(plain, "Your choices are saved.")
    press(plain, re.compile("^Remove "), "link")
    press(plain, "Remove")
    told(plain, "Alerts no longer reach")


def limits(plain: Page) -> None:
    """A limit: added, changed, removed; and a destination."""
    plain.goto("/billing/wallet/limits/new")
    plain.get_by_label("Limit", exact=True).fill("25")
    press(plain, "Add limit")
    told(plain, "the limit is $25.00")
    press(plain, CHANGE, "link")
    plain.get_by_label("Limit", exact=True).fill("x")
    press(plain, "Save")
    expect(plain.get_by_label("Limit", exact=True)).to_have_value("x")
    plain.get_by_label("Limit", exact=True).fill("45")
    press(plain, "Save")
    told(plain, "the limit is $45.00")
    press(plain, CHANGE, "link")
    press(plain, "Remove limit")
    told(plain, "The limit was removed.")
    press(plain, "Open destination")
    expect(plain.get_by_role("button", name=re.compile("^Close ")).first).to_be_visible()


def credit_set_aside(plain: Page) -> None:
    """Credit set aside for a campaign, changed and ended; and a reserve."""
    plain.goto("/billing/wallet/set-aside")
    plain.locator("#campaign").fill("Recall patients")
    plain.locator("#amount").fill("20")
    day = plain.locator("input[type=date]").first
    day.fill(day.get_attribute("max") or "")
    press(plain, "Set aside")
    told(plain, "$20.00 is set aside for Recall patients")
    press(plain, CHANGE, "link")
    plain.locator("#amount").fill("30")
    press(plain, "Save changes")
    told(plain, "$30.00")
    press(plain, CHANGE, "link")
    press(plain, "End envelope")
    told(plain, "Recall patients")
    plain.get_by_role("radio", name="An amount").check()
    plain.locator("#floor").fill("5")
    press(plain, "Save reserve")
    told(plain, "$5.00 is kept for number rent and inbound calls.")


def auto_top_up(plain: Page) -> None:
    """Auto top-up: refused without consent, on, changed, off."""
    plain.goto("/billing/wallet/auto-top-up")
    plain.get_by_label("When available credit falls below").fill("40")
    press(plain, "Turn on auto top-up")
    expect(plain.locator(".error-summary")).to_be_visible()
    expect(plain.get_by_label("When available credit falls below")).to_have_value("40")
    plain.get_by_role("checkbox").first.check()
    press(plain, "Turn on auto top-up")
    told(plain, "Auto top-up is on")
    plain.locator("#cap").fill("900")
    plain.get_by_role("checkbox").first.check()
    press(plain, "Save changes")
    told(plain, "Auto top-up was changed.")
    press(plain, "Turn off")
    told(plain, "Auto top-up is off.")


def the_search(plain: Page) -> None:
    """The search: a page, and what one wants to do."""
    press(plain, "Search")
    plain.locator("#q").fill("top up 100")
    press(plain, "Find")
    plain.locator(".results a").first.click()
    expect(plain.get_by_role("radio", name=re.compile(r"^\$100"))).to_be_checked()


def test_every_setting(plain: Page) -> None:
    for task in (
        credit_is_bought,
        billing_details,
        alerts,
        limits,
        credit_set_aside,
        auto_top_up,
        the_search,
    ):
        task(plain)
