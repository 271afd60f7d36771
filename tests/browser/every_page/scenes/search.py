"""The search over a page and as one, and the list of keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import an_organization


@scene("search.show", "wallet.show")
def the_palette_and_the_keys(at: Stage) -> None:
    """Empty, with results and without; and the keys over a page."""
    at.enter(an_organization(credit="20"), "/billing/wallet")
    at.page.keyboard.press("Control+k")
    at.page.get_by_role("dialog", name="Search").wait_for()
    at.look("search.show")
    asked = at.page.locator("#palette-q")
    asked.fill("top")
    at.page.locator("#palette-results a").first.wait_for()
    at.look("search.show")
    asked.fill("top zzzz")
    expect(at.page.locator("#palette-results a")).to_have_count(0)
    at.look("search.show")
    at.page.keyboard.press("Escape")
    at.page.keyboard.press("?")
    at.page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    at.look("wallet.show")


@scene("search.show")
def the_search_as_a_page(at: Stage) -> None:
    """As it answers a form without JavaScript."""
    at.enter(an_organization(credit="20"), "/billing/search")
    for asked in ("", "a", "nothing like it"):
        at.look_at("search.show", f"/billing/search?q={asked}")
