"""Paying and saving cards in the shell's frame: Stripe's fields and the bank's question are frames in a frame there. And
what leads out of it: receipts, downloads, email."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect

from app.models import Organization
from config import Settings
from tests.browser.cards_page import ASKS
from tests.browser.site import Site
from tests.factories import a_paid_top_up, an_organization
from tests.support.money import credited
from tests.support.shell_page import SITES, ShellPage, shown
from tests.support.violations import WatchedBrowser

FIELDS = "iframe[title='Secure payment input frame']"
ASKS_ALWAYS = "4000002760003184"
FEATURES = ["payment", "publickey-credentials-get", "publickey-credentials-create", "clipboard-write"]


@pytest.fixture(params=SITES.values(), ids=list(SITES))
def shell_page(app: Flask, site: Site, request: pytest.FixtureRequest) -> Iterator[ShellPage]:
    with shown(Settings.from_environment(site.environment), request.param) as page:
        yield page


@pytest.fixture
def page(browser: WatchedBrowser) -> Page:
    return browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")


def enter(shell_page: ShellPage, page: Page, organization: Organization, path: str) -> FrameLocator:
    shell_page.shell.org_id = str(organization.id)
    return shell_page.open(page, path, above=600, scrolled=640)


def test_a_card_is_saved_by_mouse(page: Page, shell_page: ShellPage) -> None:
    frame = enter(shell_page, page, an_organization(), "/billing/payment-methods")
    frame.get_by_role("button", name="Add a card").click()
    fields = frame.frame_locator(FIELDS)
    fields.get_by_label("Card number").fill(ASKS)
    fields.get_by_label("Expiration date").fill("12 / 40")
    fields.get_by_label("CVC").fill("123")
    frame.get_by_role("button", name="Save card").click()
    frame.frame_locator("dialog iframe").get_by_role("button", name="Complete").click()
    expect(frame.get_by_role("listitem").filter(has_text="Visa ending in 3155")).to_be_visible()


def test_a_new_card_pays_by_keyboard(page: Page, shell_page: ShellPage) -> None:
    organization = an_organization()
    frame = enter(shell_page, page, organization, "/billing/wallet")
    frame.get_by_role("radio", name="$50", exact=True).focus()
    expect(frame.frame_locator(FIELDS).get_by_label("Card number")).to_be_enabled()
    page.keyboard.press("Tab")
    for text in (ASKS_ALWAYS, "1240", "123"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    frame.get_by_role("button", name="Review top-up").press("Enter")
    expect(frame.get_by_role("heading", name="Check before you pay")).to_be_focused()
    frame.get_by_role("button", name="Pay $50.00").press("Enter")
    question = frame.frame_locator("dialog iframe")
    expect(question.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(frame.get_by_role("heading", name="Paid")).to_be_focused()
    assert credited(organization) == [50]


def test_the_frame_may_what_its_pages_need(page: Page, shell_page: ShellPage) -> None:
    frame = enter(shell_page, page, an_organization(), "/billing/wallet")
    allowed = frame.locator("html").evaluate(
        "(_, all) => all.filter((one) => document.featurePolicy.allowsFeature(one))", FEATURES
    )
    assert allowed == FEATURES


def test_a_receipt_opens_beside_the_shell(page: Page, shell_page: ShellPage) -> None:
    organization, _ = a_paid_top_up()
    frame = enter(shell_page, page, organization, "/billing/wallet")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="View receipt").first.click()
    expect(opened.value.get_by_text("$50.00").first).to_be_visible()
    assert opened.value.evaluate("window.opener") is None
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()


def test_a_receipt_that_is_not_there_is_said_so_in_the_frame(page: Page, shell_page: ShellPage) -> None:
    organization, _ = a_paid_top_up()
    frame = enter(shell_page, page, organization, "/billing/wallet")
    link = frame.get_by_role("link", name="View receipt").first
    link.evaluate(
        "e => { e.href = e.href.replace(/top-ups\\/[^/]+/, 'top-ups/01990f5e-0000-7000-8000-00000000dead') }"
    )
    link.click()
    expect(frame.get_by_role("alert")).to_contain_text("There is no such top-up")
    assert len(page.context.pages) == 1


def test_files_are_downloaded_from_the_frame(page: Page, shell_page: ShellPage) -> None:
    organization, _ = a_paid_top_up()
    frame = enter(shell_page, page, organization, "/billing/wallet")
    with page.expect_download() as download:
        frame.get_by_role("link", name="Export CSV").click()
    assert download.value.suggested_filename.endswith(".csv")


def test_email_is_written_by_the_whole_window(page: Page, shell_page: ShellPage) -> None:
    frame = enter(shell_page, page, an_organization(), "/billing/change-plan")
    link = frame.locator("a[href^='mailto:']").first
    # Without starting a program for email.
    link.evaluate("() => addEventListener('click', (event) => event.preventDefault(), { once: true })")
    link.evaluate("e => e.click()")
    expect(link).to_have_attribute("target", "_top")
