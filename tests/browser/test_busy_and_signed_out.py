"""While something takes long, that is said and nothing beside it leads away; a session that ended is said once."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.browser.site import sign_in
from tests.factories import PASSWORD, a_payer, a_person

PAYMENT = "**/wallet/top-ups/*/payments"


@pytest.fixture
def email(app: Flask) -> str:
    return a_person(organization=a_payer(credit="20")[0]).email


def test_a_slow_payment_is_said_and_can_not_be_left_by_mistake(page: Page, email: str) -> None:
    sign_in(page, email, to="/billing/wallet")
    page.get_by_role("button", name="Review top-up").press("Enter")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PAYMENT, hold)
    change = page.get_by_role("link", name="Change", exact=True)
    page.get_by_role("button", name="Pay $50.00").press("Enter")
    expect(page.locator("#busy")).to_have_text("In progress: Pay $50.00. Please wait.")
    expect(page.locator("[role=status]", has=page.locator("#busy"))).to_have_count(1)
    expect(change).to_have_attribute("aria-disabled", "true")
    here = page.url
    change.press("Enter")
    assert page.url == here
    held[0].continue_()
    expect(page.get_by_role("heading", name="Paid")).to_be_focused()
    expect(page.locator("#busy")).to_be_empty()


def test_after_a_payment_that_got_no_answer_everything_can_be_used_again(page: Page, email: str) -> None:
    sign_in(page, email, to="/billing/wallet")
    page.get_by_role("button", name="Review top-up").press("Enter")
    page.route(PAYMENT, lambda route: route.abort())
    page.get_by_role("button", name="Pay $50.00").press("Enter")
    expect(page.get_by_text("The connection was lost before")).to_be_visible()
    page.get_by_role("link", name="Change", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Review top-up")).to_be_visible()


def test_a_form_that_leads_to_another_page_says_that_it_is_on_its_way(page: Page, email: str) -> None:
    sign_in(page, email, to="/billing/wallet")
    page.wait_for_load_state("load")
    # Without the dialog it leads to a page, which never comes.
    page.evaluate("document.getElementById('palette').remove()")
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    search = page.get_by_role("button", name="Search", exact=True)
    search.press("Enter")
    expect(search).to_have_attribute("aria-busy", "true")
    expect(page.locator("#busy")).to_have_text("In progress: Search. Please wait.")
    expect(page.get_by_role("link", name="Export CSV")).not_to_have_attribute("aria-disabled", "true")


def test_a_session_that_ended_is_said_once_and_the_amount_comes_along(page: Page, email: str) -> None:
    sign_in(page, email, to="/billing/wallet")
    page.get_by_role("radio", name="Other amount").check()
    page.get_by_role("textbox", name="Other amount").fill("73.21")
    page.context.clear_cookies()
    page.get_by_role("button", name="Review top-up").press("Enter")
    told = page.get_by_text("Your session has ended.")
    expect(told).to_have_count(1)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").press("Enter")
    other = opened.value
    other.get_by_label("Email").fill(email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("textbox", name="Other amount")).to_have_value("73.21")
    page.evaluate("() => { setTimeout(() => document.dispatchEvent(new Event('visibilitychange'))); }")
    expect(told).to_have_count(0)
    expect(page.get_by_role("textbox", name="Other amount")).to_have_value("73.21")


def test_where_the_poll_finds_it_first_the_form_says_it_instead(page: Page, email: str) -> None:
    sign_in(page, email, to="/billing/wallet")
    page.context.clear_cookies()
    told = page.get_by_text("Your session has ended.")
    expect(page.locator("#connection")).to_contain_text("Your session has ended.")
    page.get_by_role("button", name="Review top-up").press("Enter")
    expect(page.locator("[data-beside-form]")).to_contain_text("Your session has ended.")
    expect(told).to_have_count(1)
