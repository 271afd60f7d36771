"""Every page and state in a browser: nothing for axe-core to find, no sideways scrolling, shortcuts and cards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Role
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser import axe
from tests.browser.direction import check_figures_from_right_to_left
from tests.browser.looks import check, check_in_each_look
from tests.browser.site import Site, sign_in, tab_to, type_card
from tests.factories import a_payer, a_person, a_stripe_card, an_organization, usd
from tests.support.states import STATES, State, empty

PAGES = (
    "/billing",
    "/billing/wallet",
    "/billing/wallet/campaign-check?calls=400&answered=70&shortest=1&longest=2&meter=calls_outbound",
    "/billing/payment-methods",
    "/billing/change-plan",
    "/workplace/invoices",
    "/billing/details",
    "/billing/activity",
    "/account",
    "/account/keyboard",
    "/billing/search?q=a",
    f"/workplace/invoices/statements/{date.today():%Y-%m}",
)


@pytest.mark.parametrize("state", STATES)
def test_pages_in_every_state(sight: Page, app: Flask, state: State) -> None:
    owner = a_person(organization=state())
    sign_in(sight, owner.email)
    sums = 0
    for path in PAGES:
        sight.goto(path)
        for summary in sight.locator("summary").all():
            summary.click()
        check_in_each_look(sight)
        sums += check_figures_from_right_to_left(sight)
    # With no movement there is no sum with a sign to look at.
    assert sums or state is empty


def test_from_held_credit_to_the_story_of_its_call(look: Page, app: Flask) -> None:
    organization = an_organization(credit="100")
    now, call = utc_now(), "call_" + "long" * 30
    holds.reserve(organization.id, "k", usd("1.55"), at=now, lease=timedelta(minutes=9), call=call)
    today = organization.local_day()
    used = [
        Used(meter, 500, today, "Recall patients", "Ava", call, "+1 212 555 0134", "k")
        for meter in ("calls_outbound", "calls_outbound_international", "speech_to_text", "tokens_in")
    ]
    usage_reports.record(organization, "story", used, at=now)
    db.session.commit()
    sign_in(look, a_person(organization=organization).email)
    tab_to(look, "Reserved for calls in progress")
    look.keyboard.press("Enter")
    tab_to(look, call)
    look.keyboard.press("Enter")
    expect(look.get_by_role("heading", name="What this call cost")).to_be_visible()
    check(look)
    look.goto("/billing/wallet")
    look.locator("summary").filter(has_text="Usage").first.press("Enter")
    look.get_by_role("link", name="Calling").first.click()
    expect(look.get_by_role("heading", name="Most expensive calls")).to_be_visible()
    check(look)


def test_pages_for_those_outside(look: Page, app: Flask) -> None:
    # Tests of both looks share the database: the same name needs another short one.
    organization = an_organization(f"Harbor Dental of Long Names and Associates {look.viewport_size}")
    a_person(organization=organization, name="Dana Whitfield")
    member = a_person(organization=organization, role=Role.MEMBER)
    look.goto("/sign-in")
    check(look)
    look.get_by_role("button", name="Sign in", exact=True).click()
    check(look)
    look.get_by_label("Email").fill(member.email)
    look.get_by_label("Password").fill("correct horse battery")
    look.get_by_role("button", name="Sign in", exact=True).click()
    expect(look.get_by_role("heading", name="Billing is for owners")).to_be_visible()
    expect(look.get_by_text("Dana Whitfield")).to_be_visible()
    check(look)
    look.goto("/billing/nothing")
    check(look)


def test_each_step_of_a_top_up(look: Page, app: Flask) -> None:
    organization, _ = a_payer("pm_card_threeDSecure2Required")
    sign_in(look, a_person(organization=organization).email, to="/billing/wallet")
    look.get_by_role("radio", name="Other amount").check()
    look.get_by_role("button", name="Review top-up").click()
    expect(look.locator(".error-summary")).to_be_focused()
    check(look)
    look.get_by_role("textbox", name="Other amount").fill("20")
    look.get_by_role("button", name="Review top-up").click()
    look.get_by_role("button", name="Pay $20.00").wait_for()
    check(look)
    look.get_by_role("button", name="Pay $20.00").click()
    challenge = look.frame_locator("dialog iframe")
    challenge.get_by_role("button", name="Fail").wait_for()
    check(look)
    challenge.get_by_role("button", name="Fail").click()
    look.get_by_text("Not paid").wait_for()
    check(look)
    look.get_by_role("button", name="Pay $20.00").click()
    challenge.get_by_role("button", name="Complete").click()
    look.get_by_text("$20.00 was charged to").first.wait_for()
    check(look)


def test_a_card_is_saved_by_keyboard_and_can_pay(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/payment-methods")
    tab_to(page, "Add a card")
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe[title='Secure payment input frame']")
    number = frame.get_by_label("Card number")
    expect(number).to_be_enabled()
    number.focus()
    type_card(page, "4242424242424242")
    check(page)
    page.get_by_role("button", name="Save card").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Payment methods")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("Visa ending in 4242 was saved")
    page.goto("/billing/wallet")
    expect(page.get_by_role("combobox", name="Card")).to_contain_text("Visa ending in 4242")


def test_a_card_that_its_bank_declines_is_not_saved(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/payment-methods/new")
    frame = page.frame_locator("iframe[title='Secure payment input frame']")
    frame.get_by_label("Card number").fill("4000000000000002")
    frame.get_by_label("Expiration date").fill("12 / 40")
    frame.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_text("Your card was declined.", exact=False)).to_be_visible()
    page.goto("/billing/payment-methods")
    expect(page.get_by_text("Visa ending in")).to_have_count(0)


def test_shortcuts_go_to_the_pages(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email)
    for key, heading in (
        ("w", "Wallet"),
        ("p", "Payment methods"),
        ("c", "Change plan"),
        ("i", "Invoices"),
        ("a", "Activity"),
        ("o", "Billing"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        page.wait_for_load_state("load")


def test_a_lost_connection_and_an_ended_session_are_said_in_the_page(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email)
    page.route("**/billing/live/**", lambda route: route.abort())
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    page.unroute("**/billing/live/**")
    expect(page.get_by_text("Connection lost.")).to_be_hidden()
    page.context.clear_cookies()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in again")).to_have_attribute(
        "href", "/sign-in?next=%2Fbilling"
    )


def test_a_card_is_removed_by_keyboard_after_being_asked(page: Page, app: Flask) -> None:
    organization, _ = a_payer()
    a_stripe_card(organization, "pm_card_mastercard")
    sign_in(page, a_person(organization=organization).email, to="/billing/payment-methods")
    button = page.get_by_role("button", name="Remove Visa ending in 4242")
    dialog = page.get_by_role("dialog", name="Remove this card?")
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep card")).to_be_focused()
    check(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep card").press("Enter")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Remove card").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Visa ending in 4242 was removed")
    expect(page.get_by_role("heading", name="Saved cards")).to_be_focused()
    expect(page.get_by_role("button", name="Remove Mastercard ending in 4444")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_typed_into_the_card_form_can_be_read(
    browser: Browser, site: Site, app: Flask, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(base_url=site.url, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/payment-methods/new")
    number = page.frame_locator("iframe[title='Secure payment input frame']").get_by_label("Card number")
    number.wait_for()
    ink, paper = number.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
    assert ink != paper
    assert axe.findings(page.frames[-1], ["color-contrast"]) == []
    context.close()
