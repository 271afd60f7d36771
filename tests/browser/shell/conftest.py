"""A shell around the pages, once on another site and once on the same one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from config import Settings
from tests.support.database import empty, inside
from tests.support.shell_site import SITES, ShellSite, running_site
from tests.support.violations import WatchedBrowser


@pytest.fixture(params=SITES)
def shell_site(settings: Settings, request: pytest.FixtureRequest) -> Iterator[ShellSite]:
    """On a database of its own, which is empty, and in that application's context."""
    with running_site(settings, SITES[request.param]) as site, inside(site.app):
        empty()
        yield site


@pytest.fixture
def page(browser: WatchedBrowser) -> Page:
    """A page of the shell's, as wide as a desk allows."""
    return browser.new_page(viewport={"width": 1280, "height": 900})
