"""Your account by keyboard: a password is changed, with a look at what was typed, and a forgotten browser is signed out."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.looks import check_in_each_look
from tests.browser.site import Site, sign_in, tab_to
from tests.factories import PASSWORD, a_person, an_organization

NEW = "sixteen blue kilns"


@pytest.fixture
def email(app: Flask) -> str:
    return a_person(organization=an_organization(), name="Dana Whitfield").email


def test_a_password_is_changed(sight: Page, email: str) -> None:
    sign_in(sight, email)
    tab_to(sight, "Dana Whitfield")
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("heading", name="Your account")).to_be_visible()
    check_in_each_look(sight)
    tab_to(sight, "Current password")
    sight.keyboard.type("not this one")
    tab_to(sight, "Show")
    field = sight.get_by_label("Current password")
    expect(field).to_have_attribute("type", "password")
    sight.keyboard.press("Space")
    expect(field).to_have_attribute("type", "text")
    expect(sight.get_by_role("button", name="Show current password", pressed=True)).to_be_focused()
    tab_to(sight, "New password")
    sight.keyboard.insert_text(NEW)  # as pasting does
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("group").filter(has_text="Your current password is different")).to_be_focused()
    check_in_each_look(sight)
    expect(sight.get_by_label("Current password")).to_have_value("")
    tab_to(sight, "Your current password is different. Check it and try again.")
    sight.keyboard.press("Enter")
    expect(sight.get_by_label("Current password")).to_be_focused()
    sight.keyboard.type(PASSWORD)
    tab_to(sight, "New password")
    sight.keyboard.type(NEW)
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("status").filter(has_text="Your password is changed.")).to_be_visible()


def test_a_browser_is_signed_out(sight: Page, browser: Browser, site: Site, email: str) -> None:
    elsewhere = _another(browser, site)
    forgotten = elsewhere.new_page()
    sign_in(forgotten, email)
    sign_in(sight, email)
    sight.goto("/account")
    check_in_each_look(sight)
    listed = sight.get_by_role("list", name="Where you're signed in")
    expect(listed.get_by_role("listitem")).to_have_count(2)
    sight.get_by_role("heading", name="Where you're signed in").focus()
    sight.keyboard.press("Tab")
    expect(listed.get_by_role("button", name="Sign out")).to_be_focused()
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("status").filter(has_text="That browser is signed out.")).to_be_visible()
    expect(listed.get_by_role("listitem")).to_have_count(1)
    forgotten.reload()
    expect(forgotten.get_by_role("heading", name="Sign in")).to_be_visible()
    elsewhere.close()


def test_without_scripts_there_is_no_button_to_show_a_password_and_all_the_rest_works(
    browser: Browser, site: Site, email: str
) -> None:
    plain = _another(browser, site, java_script_enabled=False)
    page = plain.new_page()
    sign_in(page, email, to="/account")
    expect(page.get_by_role("button", name="Show")).to_have_count(0)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status").filter(has_text="Your password is changed.")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    plain.close()


def _another(browser: Browser, site: Site, *, java_script_enabled: bool = True) -> BrowserContext:
    return browser.new_context(base_url=site.url, java_script_enabled=java_script_enabled)
