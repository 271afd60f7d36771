"""Two pages in the pseudo-language, where `make looks` goes through all of them."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.every_page.conftest import open_all, someone
from tests.browser.every_page.foreign import a_reader, data_of, in_english, problems
from tests.browser.site import Site
from tests.support.states import busy


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_longer_texts_have_room_and_none_is_in_english(
    browser: Browser, site: Site, app: Flask, direction: str
) -> None:
    organization = busy()
    person = someone(organization)
    page = a_reader(browser, site, app, person, direction)
    for path in ("/billing", "/billing/wallet"):
        page.goto(path)
        open_all(page)
        assert page.locator(f"html[dir={direction}]").count() == 1
        assert problems(page, data_of(organization, person, direction)) == [], path
    page.context.close()


def test_time_in_a_chart_goes_from_left_to_right(browser: Browser, site: Site, app: Flask) -> None:
    page = a_reader(browser, site, app, someone(busy()), "rtl")
    page.goto("/billing")
    amounts = page.locator(".days-axis").first.locator("text")
    assert amounts.count() > 1
    drawn = page.locator(".usage-chart").first.bounding_box()
    for box in (one.bounding_box() for one in amounts.all()):
        assert drawn and box and box["x"] >= drawn["x"] - 1
    page.context.close()


def test_a_number_that_was_called_begins_at_its_left(browser: Browser, site: Site, app: Flask) -> None:
    page = a_reader(browser, site, app, someone(busy()), "rtl")
    page.goto("/billing")
    open_all(page)
    number = page.locator(".call-name", has_text="+1").first
    ends = number.evaluate(
        """(one) => [0, one.textContent.length - 1].map((at) => {
          const range = document.createRange();
          range.setStart(one.firstChild, at);
          range.setEnd(one.firstChild, at + 1);
          return range.getBoundingClientRect().left;
        })"""
    )
    assert ends[0] < ends[1]
    page.context.close()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("«Pååý ñööw»", False),
        ("Pay now", True),
        ("«Pååý» now", False),
        ("«Pååý» right away", True),
        ("«Pååý «$5» ñööw»", False),
        ("Recall patients", False),
        ("owner@example.com, 127.0.0.1/hook, PDF, SMS", False),
    ],
)
def test_what_is_in_english_is_found(text: str, is_found: bool) -> None:
    assert bool(in_english([("p.", text)], ["Recall patients", "now"])) is is_found
