"""A window in Chromium, and one in Firefox where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support.violations import WatchedBrowser, watched


@pytest.fixture(params=["chromium", pytest.param("firefox", marks=pytest.mark.firefox)])
def browser(request: pytest.FixtureRequest) -> Iterator[WatchedBrowser]:
    with watched(request.getfixturevalue(f"_{request.param}")) as watching:
        yield watching


@pytest.fixture
def page(browser: WatchedBrowser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
