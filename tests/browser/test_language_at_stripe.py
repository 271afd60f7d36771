"""Stripe's fields and messages are in the page's language, by Stripe's own codes."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.cards_page import enter, open_form
from tests.factories import an_organization

_RECORDS = """
let real;
Object.defineProperty(window, "Stripe", {
  get: () => real && ((key, options) => ((window.toldStripe = options), real(key, options))),
  set: (given) => { real = given; },
});
"""


@pytest.mark.parametrize(
    ("page_language", "told"),
    [
        ("en-US", "en"),
        ("en-GB", "en-GB"),
        ("de-AT", "de"),
        ("es-ES", "es"),
        ("es-MX", "es-419"),
        ("fr-CA", "fr-CA"),
        ("fr-CH", "fr"),
        ("", "auto"),
    ],
)
def test_stripe_is_told_the_page_s_language(page: Page, app: Flask, page_language: str, told: str) -> None:
    page.add_init_script(_RECORDS)
    enter(page, an_organization())
    page.evaluate("language => { document.documentElement.lang = language; }", page_language)
    open_form(page)
    assert page.evaluate("window.toldStripe") == {"locale": told}
