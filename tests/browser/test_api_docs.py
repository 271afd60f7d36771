"""The pages about the API in a browser: nothing for axe-core to find, and everything within reach of the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import check_in_each_look
from tests.browser.site import tab_to


@pytest.mark.parametrize("path", ["/api/docs", "/api/problems", "/api/problems/invalid-content"])
def test_they_are_for_everybody(sight: Page, path: str) -> None:
    sight.goto(path)
    check_in_each_look(sight)


def test_the_keyboard_gets_from_the_contents_to_an_example_and_to_a_problem(look: Page) -> None:
    look.goto("/api/docs")
    tab_to(look, "Get calling status")
    look.keyboard.press("Enter")
    expect(look.get_by_role("heading", name="Get calling status")).to_be_in_viewport()
    tab_to(look, "{")
    expect(look.locator(":focus")).to_contain_text('"may_call": false')
    tab_to(look, "401 unauthorized")
    look.keyboard.press("Enter")
    expect(look.get_by_role("heading", level=1, name="Authentication required")).to_be_visible()
