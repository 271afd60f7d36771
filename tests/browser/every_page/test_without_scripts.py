"""axe-core finds what is wrong with a page also where its scripts are off, and no timer of it runs out."""

from __future__ import annotations

from tests.browser import axe
from tests.browser.looks import wait_for_colors
from tests.support.violations import WatchedBrowser


def test_what_is_wrong_is_found_without_scripts(browser: WatchedBrowser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto("data:text/html,<!DOCTYPE html><html lang='en'><title>A</title><h1>A</h1><img src='a.png'>")
    wait_for_colors(page)
    assert any(found.startswith("image-alt") for found in axe.findings(page))
