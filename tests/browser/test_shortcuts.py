"""Keyboard shortcuts in a browser: hints beside what they press, one's own keys, and none."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import check, check_in_each_look
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person, an_organization

HINT = "e => getComputedStyle(e, '::after').content"


def test_the_key_is_on_the_thing_and_in_no_name(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization(credit="500")).email)
    top_up = page.get_by_role("link", name="Top up", exact=True)
    assert "t" in top_up.evaluate(HINT)
    expect(top_up).to_have_attribute("aria-keyshortcuts", "t")
    wallet = page.get_by_role("navigation", name="Billing").get_by_role("link", name="Wallet", exact=True)
    assert "g w" in wallet.evaluate(HINT)
    assert page.get_by_role("button", name="Search", exact=True).evaluate(HINT) != "none"


@pytest.mark.parametrize("without", ["mouse", "scripts"])
def test_there_is_none_where_no_key_works(browser: Browser, site: Site, app: Flask, without: str) -> None:
    person = a_person(organization=an_organization(credit="500"))
    context = browser.new_context(
        base_url=site.url,
        has_touch=without == "mouse",
        is_mobile=without == "mouse",
        java_script_enabled=without != "scripts",
    )
    page = context.new_page()
    sign_in(page, person.email)
    top_up = page.get_by_role("link", name="Top up", exact=True)
    assert "data-key" in str(top_up.evaluate("e => e.outerHTML"))
    assert top_up.evaluate(HINT) == "none"
    context.close()


def test_the_list_leads_everywhere_and_turns_them_off(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    check(page)
    dialog.get_by_role("button", name="Turn off shortcuts").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").first).to_contain_text("Keyboard shortcuts are off.")
    assert page.get_by_role("link", name="Wallet", exact=True).evaluate(HINT) == "none"
    for key in ("?", "t", "/", "Control+k"):
        page.keyboard.press(key)
    page.reload()
    for key in ("?", "t", "/", "Control+k"):
        page.keyboard.press(key)
    expect(page.locator("dialog:modal")).to_have_count(0)
    assert page.url.endswith("/billing")
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    expect(dialog.get_by_text("Keyboard shortcuts are off.")).to_be_visible()
    dialog.get_by_role("link", name="Change shortcuts").press("Enter")
    page.get_by_role("checkbox", name="Use keyboard shortcuts").check()
    page.get_by_role("button", name="Save shortcuts").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Your keyboard shortcuts are saved.")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()


HOLDS_HTMX = """() => {
  const later = window.setTimeout, held = [];
  window.setTimeout = (run, ...rest) => rest.length ? later(run, ...rest) : held.push(run);
  window.letItBegin = () => held.splice(0).forEach((run) => run());
}"""
"""htmx looks at a page a moment after it has loaded; on a slow machine, someone is faster."""


def test_the_list_comes_also_where_its_key_is_pressed_before_htmx_has_begun(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email)
    page.add_init_script(f"({HOLDS_HTMX})()")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("?")
    expect(page.locator("#open-shortcuts:not([data-htmx-powered])")).to_have_count(1)
    page.evaluate("letItBegin()")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_list_comes_once_and_its_absence_is_said(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "shortcuts" in request.url else None)
    page.context.set_offline(True)
    page.keyboard.press("?")
    expect(page.get_by_role("alert")).to_contain_text("The connection was lost")
    page.context.set_offline(False)
    opener = page.get_by_role("button", name="Keyboard shortcuts")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for _ in range(2):
        opener.press("Enter")
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()
    assert len(asked) == 2


def test_ones_own_keys_work_in_another_browser(page: Page, browser: Browser, site: Site, app: Flask) -> None:
    person = a_person(organization=a_payer()[0])
    sign_in(page, person.email, to="/account/keyboard")
    page.get_by_label("Top up", exact=True).fill("x")
    page.get_by_label("Wallet", exact=True).fill("go")
    page.keyboard.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Wallet: g o is already the shortcut for Overview. Choose another.")
    check_in_each_look(page)
    summary.get_by_role("link").press("Enter")
    expect(page.get_by_label("Wallet", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("w")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("saved")

    context = browser.new_context(base_url=site.url)
    other = context.new_page()
    sign_in(other, person.email)
    other.keyboard.press("w")
    expect(other.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    other.wait_for_load_state("load")
    other.keyboard.press("x")
    expect(other.get_by_role("radio", name="$50")).to_be_focused()
    context.close()


def test_the_form_works_without_scripts(browser: Browser, site: Site, app: Flask) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, a_person(organization=an_organization()).email, to="/account/keyboard")
    page.get_by_label("Top up", exact=True).fill("x")
    page.get_by_role("button", name="Save shortcuts").click()
    expect(page.get_by_label("Top up", exact=True)).to_have_value("x")
    page.get_by_role("button", name="Reset to the usual ones").click()
    expect(page.get_by_label("Top up", exact=True)).to_have_value("t")
    context.close()


def test_no_key_works_while_someone_types(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/details")
    field = page.get_by_role("textbox").first
    field.fill("")
    field.press_sequentially("t?/gw")
    expect(field).to_have_value("t?/gw")
    assert page.url.endswith("/billing/details")
