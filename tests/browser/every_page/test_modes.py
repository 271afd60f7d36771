"""Two pages in each mode, where `make looks` goes through all of them."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page

from tests.browser.every_page.conftest import open_all, someone
from tests.browser.every_page.looks import MODES
from tests.browser.site import sign_in
from tests.support.states import busy


def test_nothing_is_cut_lost_or_in_motion_and_all_has_a_name(page: Page, app: Flask) -> None:
    sign_in(page, someone(busy()).email)
    for path in ("/billing", "/billing/wallet"):
        page.goto(path)
        open_all(page)
        assert {mode: found for mode, problems in MODES.items() if (found := problems(page))} == {}, path


def test_each_check_finds_what_it_is_for(page: Page, app: Flask) -> None:
    sign_in(page, someone(busy()).email)
    page.evaluate(
        """() => {
          const spoil = (css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet); };
          spoil(`a.btn { border: 0 !important; transition: color 1s !important } a.btn:focus { outline: 0 !important }
            h2 { max-inline-size: 3rem; max-block-size: 1rem; overflow: hidden }
            @media print { .footer { display: revert !important } .footer button { display: block !important } }`);
          document.querySelector("h2").removeAttribute("tabindex");
          document.querySelector("main a.btn").textContent = "";
        }"""
    )
    found = {mode: problems(page) for mode, problems in MODES.items() if mode != "spacing"}
    assert [mode for mode, problems in found.items() if not problems] == [], found
