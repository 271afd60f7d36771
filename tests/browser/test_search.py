"""The search in a browser: over any page by keyboard alone, on its own page without scripts."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from tests.browser.looks import check, check_in_each_look
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person, a_stripe_card, usd

# How often the palette says how many results there are, and what.
LISTEN = """() => {
  window.said = [];
  new MutationObserver(() => window.said.push(document.getElementById("palette-said").textContent.trim()))
    .observe(document.getElementById("palette-said"), { childList: true, characterData: true, subtree: true });
}"""


def open_palette(page: Page, key: str = "Control+k") -> None:
    """Open it and wait until it takes what is typed."""
    page.keyboard.press(key)
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()


def test_a_top_up_is_chosen_by_typing_and_not_made(page: Page, app: Flask) -> None:
    organization, _ = a_payer()
    sign_in(page, a_person(organization=organization).email)
    open_palette(page)
    page.keyboard.type("top up 100")
    expect(page.get_by_role("link", name="Top up $100.00")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="$100")).to_be_focused()
    expect(page.get_by_role("radio", name="$100")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pay $100.00")).to_be_visible()


def test_arrows_go_through_the_results_and_back(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer()[0]).email)
    for key in ("Control+k", "Meta+k", "/"):
        open_palette(page, key)
        page.keyboard.press("Escape")
        expect(page.locator("dialog:modal")).to_have_count(0)
    page.get_by_role("button", name="Search", exact=True).press("Enter")
    links = page.locator("#palette-results a")
    with page.expect_response(lambda answer: answer.url.endswith("q=wallet")):
        page.keyboard.type("wallet")
    expect(links.first).to_contain_text("Wallet")
    page.keyboard.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    field = page.get_by_role("textbox", name="Search")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type(" statem")
    expect(field).to_have_value("wallet statem")
    expect(links).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()


def test_what_was_pressed_before_gets_focus_back(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer()[0]).email)
    button = page.get_by_role("button", name="Search", exact=True)
    button.press("Enter")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_number_of_results_is_said_once(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer()[0]).email)
    open_palette(page)
    page.evaluate(LISTEN)
    page.keyboard.type("payment meth")
    expect(page.locator("#palette-said")).to_have_text("2 results")
    page.keyboard.type("qqq")
    expect(page.locator("#palette-said")).to_contain_text("Nothing found")
    assert [one.split(".")[0][:13] for one in page.evaluate("window.said")] == ["2 results", "Nothing found"]
    check_in_each_look(page)


def test_enter_before_the_results_goes_to_their_page(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer()[0]).email)
    page.route(
        "**/billing/search?**",
        lambda route: route.abort() if route.request.headers.get("hx-request") else route.continue_(),
    )
    open_palette(page)
    page.keyboard.type("campaign")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Campaign check", exact=True)).to_be_visible()


def test_a_card_is_asked_about_before_it_is_removed(page: Page, app: Flask) -> None:
    organization, _ = a_payer()
    a_stripe_card(organization, "pm_card_mastercard")
    sign_in(page, a_person(organization=organization).email)
    open_palette(page)
    page.keyboard.type("remove card 4444")
    expect(page.get_by_role("link", name="Remove Mastercard ending in 4444")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove card")).to_be_visible()
    page.goto("/billing/payment-methods")
    expect(page.get_by_role("button", name="Remove Mastercard ending in 4444")).to_be_visible()


def test_a_call_in_progress_is_opened(page: Page, app: Flask) -> None:
    organization, _ = a_payer(credit="20")
    holds.reserve(
        organization.id, "k", usd("1"), at=utc_now(), lease=timedelta(minutes=9), call="call_77 <b>x</b>"
    )
    db.session.commit()
    sign_in(page, a_person(organization=organization).email)
    open_palette(page)
    page.keyboard.type("call_77")
    expect(page.get_by_role("link", name="call_77 <b>x</b>")).to_be_visible()
    check(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What this call cost")).to_be_visible()


def test_without_scripts_it_is_a_page(browser: Browser, site: Site, app: Flask) -> None:
    person = a_person(organization=a_payer()[0])
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, person.email)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    page.get_by_role("textbox", name="Search").fill("switch to growth")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Switch to Growth, monthly").click()
    expect(page.get_by_role("radio", name="Switch to Growth", exact=True)).to_be_checked()
    context.close()
