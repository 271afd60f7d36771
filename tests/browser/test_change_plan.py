"""Changing the plan in a browser, by keyboard alone: up with and without the bank's check, declined, down and
canceled, and a renewal that was not paid. Each state has nothing for axe-core to find, in light and wide, dark and narrow."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.plans import resource_counts
from app.extensions import db
from app.models import Organization
from tests.browser.looks import check
from tests.browser.site import Site, sign_in, tab_to
from tests.factories import a_payer, a_person, a_stripe_card
from tests.support.plans import (
    ALWAYS_3DS,
    AS_A_DRAFT,
    DECLINES,
    a_subscriber,
    hear_from_stripe,
    plan_of,
    sell_plans,
    subscription_id,
)
from tests.support.sandbox import Sandbox

PAGE = "/billing/change-plan"


def choose(page: Page, name: str) -> None:
    """Go to the radio buttons, along them to the one of this name, and on to the review."""
    expect(page.get_by_role("heading", name="Choose a plan")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "plan":
            break
    wanted = page.get_by_role("radio", name=name)
    for _ in range(8):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()
    tab_to(page, "Review change")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check before you switch")).to_be_focused()


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def step(page: Page, name: str) -> None:
    """The step of this heading is there, and the keyboard with it."""
    expect(page.get_by_role("heading", name=name)).to_be_focused()


def test_up_with_the_banks_confirmation_then_down_and_canceled(look: Page, site: Site, app: Flask) -> None:
    sell_plans()
    organization, _ = a_payer(ALWAYS_3DS)
    resource_counts.set_counts(organization.id, {"agents": 3})
    db.session.commit()
    sign_in(look, a_person(organization=organization).email, to=PAGE)
    check(look)
    choose(look, "Switch to Growth")
    region = look.get_by_role("region", name="Change to Growth")
    expect(region).to_contain_text("You'll be charged $99.00 now to Visa ending in 3184")
    check(look)
    press(look, "Switch to Growth")
    bank = look.frame_locator("dialog iframe")
    bank.get_by_role("button", name="Complete").focus()
    look.keyboard.press("Enter")
    step(look, "Switched")
    expect(region).to_contain_text("You're now on Growth. $99.00 was charged")
    check(look)
    assert plan_of(organization).name == "Growth"

    press(look, "Compare plans")
    choose(look, "Switch to Starter")
    expect(look.get_by_text("Agents: you have 3, Starter allows 1.")).to_be_visible()
    check(look)
    press(look, "Switch to Starter")
    step(look, "Scheduled")
    look.goto(PAGE)
    check(look)
    press(look, "Keep Growth")
    expect(look.get_by_role("status").get_by_text("Scheduled change canceled.")).to_be_visible()
    expect(look.get_by_role("button", name="Keep Growth")).to_be_hidden()
    assert look.evaluate("document.activeElement !== document.body"), "the keyboard still knows where it is"
    assert plan_of(organization).scheduled is None


@pytest.mark.representative
def test_declined_and_paid_with_another_card(look: Page, site: Site, app: Flask) -> None:
    sell_plans()
    organization, _ = a_payer(DECLINES)
    sign_in(look, a_person(organization=organization).email, to=PAGE)
    choose(look, "Switch to Growth")
    press(look, "Switch to Growth")
    step(look, "Not paid")
    check(look)
    a_stripe_card(organization)
    look.reload()
    tab_to(look, "Card")
    press(look, "Pay $99.00")
    step(look, "Switched")
    assert plan_of(organization).name == "Growth"


@pytest.fixture
def debtor(app: Flask, site: Site) -> Organization:
    """Whose renewal was declined."""
    organization = a_subscriber("growth", token=DECLINES)
    renew(app, site.sandbox, organization)
    return organization


def renew(app: Flask, sandbox: Sandbox, organization: Organization) -> None:
    """Let the period end at the stand-in, and the hour after it, whose webhooks the product takes; wait until it has."""
    found = sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization))
    end = datetime.fromtimestamp(found["items"].data[0].current_period_end, UTC)
    sandbox.move(organization.stripe_customer_id or "", end + AS_A_DRAFT)
    hear_from_stripe(app, sandbox, "nothing")


def test_a_renewal_that_was_not_paid_is_fixed(look: Page, debtor: Organization) -> None:
    sign_in(look, a_person(organization=debtor).email)
    plan = look.get_by_role("region", name="Plan")
    expect(plan).to_contain_text("Your renewal wasn't paid.")
    press(look, "Fix payment")
    expect(look.get_by_role("heading", name="Pay the renewal")).to_be_visible()
    check(look)
    # The card that works is suggested, not the one that failed.
    expect(look.get_by_label("Card", exact=True)).to_contain_text("Visa ending in 4242")
    press(look, "Pay $99.00")
    step(look, "Paid")
    check(look)
    assert not plan_of(debtor).is_past_due


def test_a_plan_that_is_past_due_is_canceled(look: Page, debtor: Organization) -> None:
    sign_in(look, a_person(organization=debtor).email, to="/billing/renewal")
    press(look, "cancel Growth")
    expect(look.get_by_role("heading", name="Check before you cancel")).to_be_visible()
    check(look)
    folder = os.environ.get("PICTURES")
    if folder:
        look.screenshot(path=f"{folder}/cancel-{look.viewport_size['width']}.png", full_page=True)
    look.get_by_role("button", name="Cancel Growth").click()
    expect(look.get_by_text("Growth is canceled, and its renewal won't be charged.")).to_be_visible()
    assert not plan_of(debtor).is_past_due
