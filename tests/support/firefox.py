"""The system's Firefox, which speaks WebDriver BiDi itself: https://www.w3.org/TR/webdriver-bidi/

Playwright calls it the channel `moz-firefox`. Its version is chosen by what Firefox ESR knows of BiDi (requirements-dev.in).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

from dev.testing import firefox_path

PREFERENCES = {
    # A download opens a panel of the browser's own, which takes the keyboard out of the page.
    "browser.download.alwaysOpenPanel": False,
    # Firefox hands keys to the process of the page at the top, and a frame of another site has one of its own: with
    # this all are in one, as a keyboard reaches all of them. Cookies stay apart by site.
    "fission.webContentIsolationStrategy": 0,
}


@contextmanager
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """A running browser. There has to be one: tests that want it are left out otherwise."""
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=firefox_path(), firefox_user_prefs=dict(PREFERENCES)
    )
    yield browser
    browser.close()
