"""In the shell's frame, which is as high as its page: whatever stays in view is where the person looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from config import Settings
from tests.browser.site import Site
from tests.factories import a_payer
from tests.support.shell_page import FRAME, HEADER, SITES, ShellPage, shown
from tests.support.violations import WatchedBrowser

SIZES = {"wide": (1280, 800), "narrow": (320, 600)}


@pytest.fixture(params=SITES.values(), ids=list(SITES))
def shell_page(app: Flask, site: Site, request: pytest.FixtureRequest) -> Iterator[ShellPage]:
    with shown(Settings.from_environment(site.environment), request.param) as page:
        organization, _ = a_payer(credit="5")
        page.shell.org_id = str(organization.id)
        yield page


@pytest.fixture(params=SIZES.values(), ids=list(SIZES))
def page(browser: WatchedBrowser, request: pytest.FixtureRequest) -> Page:
    width, height = request.param
    return browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")


def place_in_view(page: Page, thing: Locator) -> tuple[float, float]:
    """Where the upper and the lower edge of something in the frame are in the window."""
    box = thing.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def assert_in_view(page: Page, thing: Locator) -> None:
    height = page.evaluate("innerHeight")

    def is_there() -> bool:
        top, bottom = place_in_view(page, thing)
        return round(top) >= HEADER and round(bottom) <= height

    for _ in range(50):
        if is_there():
            return
        page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError(place_in_view(page, thing))


def test_every_dialog_opens_in_view(page: Page, shell_page: ShellPage) -> None:
    frame = shell_page.open(
        page, "/billing/payment-methods", above=1500, scrolled=1600, heading="Payment methods"
    )
    dialogs = frame.locator("dialog")
    count = dialogs.count()
    assert count >= 2
    for at in range(count):
        dialog = dialogs.nth(at)
        dialog.evaluate("e => e.showModal()")
        assert_in_view(page, dialog)
        page.evaluate("scrollBy(0, -80)")
        assert_in_view(page, dialog)
        dialog.evaluate("e => { e.scrollTop = e.scrollHeight }")
        assert_in_view(page, dialog.locator("button, a").last)
        page.evaluate("scrollBy(0, 80)")
        dialog.evaluate("e => e.close()")


def test_what_happened_is_said_in_view(page: Page, shell_page: ShellPage) -> None:
    frame = shell_page.open(page, "/billing/details", above=1500, scrolled=1600, heading="Billing details")
    frame.get_by_label("Legal name").fill("Harbor Dental Inc.")
    save = frame.get_by_role("button", name="Save billing details")
    save.scroll_into_view_if_needed()
    save.press("Enter")
    said = frame.locator("#status .message")
    expect(said).to_contain_text("Billing details saved.")
    assert_in_view(page, said)
    expect(save).to_be_focused()
    for by in (-60, 120, -400):
        page.evaluate(f"scrollBy(0, {by})")
        assert_in_view(page, said)


def test_focus_that_goes_elsewhere_is_brought_into_view(page: Page, shell_page: ShellPage) -> None:
    frame = shell_page.open(page, "/billing/details", above=1500, scrolled=1600, heading="Billing details")
    save = frame.get_by_role("button", name="Save billing details")
    save.scroll_into_view_if_needed()
    frame.get_by_label("Legal name").fill("x" * 300)
    frame.get_by_label("Legal name").evaluate("e => { e.maxLength = 1000; e.value = 'x'.repeat(300) }")
    save.press("Enter")
    summary = frame.locator(".error-summary")
    expect(summary).to_be_focused()
    assert_in_view(page, summary.get_by_role("link").first)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    frame.get_by_role("link", name="Skip to content").evaluate("e => e.focus()")
    assert_in_view(page, frame.get_by_role("link", name="Skip to content"))


def test_the_banks_question_is_asked_in_view(page: Page, shell_page: ShellPage) -> None:
    organization, _ = a_payer("pm_card_threeDSecure2Required")
    shell_page.shell.org_id = str(organization.id)
    frame = shell_page.open(page, "/billing/wallet", above=1500, scrolled=1600, heading="Wallet")
    frame.get_by_role("button", name="Review top-up").press("Enter")
    pay = frame.get_by_role("button", name="Pay $50.00")
    before = place_in_view(page, pay)
    pay.press("Enter")
    question = frame.get_by_title("Verification challenge")
    expect(question).to_be_visible()
    assert_in_view(page, question)
    page.evaluate("scrollBy(0, 100)")
    assert_in_view(page, question)
    inside = frame.frame_locator("iframe[title='Verification challenge']")
    expect(inside.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(frame.get_by_role("region", name="Top up")).to_contain_text("$50.00 was charged to")
    frame.locator("html:not([data-covered])").wait_for()
    whole = page.locator("voice-portal-billing").bounding_box()
    shown = page.locator(FRAME).bounding_box()
    assert whole == shown, "the frame is as high as its page again"
    assert before[0] > 0
