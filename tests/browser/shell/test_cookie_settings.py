"""People's own settings for cookies, in real browsers: cookies of other sites blocked, and billing's blocked altogether."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from config import Settings
from tests.support.blocking_browsers import (
    blocked_everywhere,
    blocked_in_the_shell,
    chromium_with,
    firefox_that_rejects_foreign,
)
from tests.support.database import empty, inside
from tests.support.shell_site import ShellSite, running_site

BLOCKED = "Your browser blocks cookies here"
OPEN = "Open billing in its own window"
SETTINGS = pytest.mark.browser_settings


@pytest.fixture
def other_site(settings: Settings) -> Iterator[ShellSite]:
    """A shell on another site than billing."""
    with running_site(settings, "localhost") as site, inside(site.app):
        empty()
        yield site


@pytest.fixture
def browser_of(_playwright: Playwright, other_site: ShellSite) -> Iterator[ExitStack]:
    """Closes what a test opens."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(
    params=[
        pytest.param("chromium", marks=SETTINGS),
        pytest.param("firefox", marks=pytest.mark.firefox),
    ]
)
def blocking(
    request: pytest.FixtureRequest, browser_of: ExitStack, _playwright: Playwright, other_site: ShellSite
) -> BrowserContext:
    """A browser that keeps no cookie of billing's in the shell."""
    if request.param == "chromium":
        return browser_of.enter_context(chromium_with(_playwright, blocked_in_the_shell(other_site)))
    return browser_of.enter_context(firefox_that_rejects_foreign(_playwright))


def kept_in_frame(page: Page) -> str:
    """What the frame's own page finds of its storage."""
    found: str = page.frames[1].evaluate(
        "() => { try { return String(sessionStorage.length); } catch (error) { return error.name; } }"
    )
    return found


@SETTINGS
def test_with_cookies_of_other_sites_blocked_the_frame_works_by_the_one_kept_for_the_shell(
    browser_of: ExitStack, _playwright: Playwright, other_site: ShellSite
) -> None:
    """Chromium's own setting leaves partitioned cookies, and denies the frame its storage."""
    page = browser_of.enter_context(chromium_with(_playwright, {})).pages[0]
    frame = other_site.open(page)
    assert kept_in_frame(page) == "SecurityError"
    frame.get_by_role("link", name="Activity").first.click()
    other_site.wait_for(page, "Activity")
    page.reload()
    other_site.wait_for(page, "Activity")
    page.go_back()
    other_site.wait_for(page, "Wallet")
    page.goto(f"{other_site.billing}/billing")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


@pytest.mark.long
def test_blocked_in_the_shell_it_is_said_and_the_window_leads_to_where_one_was_and_back(
    blocking: BrowserContext, other_site: ShellSite
) -> None:
    page = blocking.new_page()
    frame = other_site.open(page, "/billing/activity?kind=payments", BLOCKED)
    assert page.evaluate(
        "told.filter(([type]) => type === 'problem').map(([, detail]) => detail.reason)"
    ) == ["cookies_blocked"]
    frame.get_by_role("button", name=OPEN).press("Enter")
    expect(page.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    expect(page).to_have_url(f"{other_site.billing}/billing/activity?kind=payments")
    page.get_by_role("link", name="Wallet", exact=True).click()
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    page.goto(f"{other_site.url}/billing/activity")
    other_site.wait_for(page, BLOCKED)
    expect(page).to_have_url(re.compile(re.escape(other_site.url)))


@SETTINGS
def test_blocked_everywhere_the_window_says_what_to_allow(
    browser_of: ExitStack, _playwright: Playwright, other_site: ShellSite
) -> None:
    page = browser_of.enter_context(chromium_with(_playwright, blocked_everywhere(other_site))).pages[0]
    frame = other_site.open(page, "/billing/activity", BLOCKED)
    frame.get_by_role("button", name=OPEN).click()
    expect(page.get_by_role("heading", name=BLOCKED)).to_be_visible()
    expect(page.get_by_text("Allow cookies for localhost in your browser's settings.")).to_be_visible()
    expect(page.get_by_role("button", name=OPEN)).to_have_count(0)
