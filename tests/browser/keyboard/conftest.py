"""Windows for someone without a mouse, and the table of what they pressed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.keyboard import table
from tests.browser.keyboard.focus import BY_POINTER
from tests.browser.site import Site
from tests.support.violations import WatchedBrowser, watched


@pytest.fixture
def browser_name() -> str:
    """Whose window it is; a test chooses another by a parameter of this name."""
    return "chromium"


@pytest.fixture
def browser(browser_name: str, request: pytest.FixtureRequest) -> Iterator[WatchedBrowser]:
    with watched(request.getfixturevalue(f"_{browser_name}")) as watching:
        yield watching


@pytest.fixture
def page(browser: WatchedBrowser, site: Site) -> Iterator[Page]:
    """A page in which nothing comes from a pointer."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield context.new_page()
    context.close()
    assert [text for text in said if text.startswith(BY_POINTER)] == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, where everything was done everywhere."""
    for line in table.lines(terminalreporter.stats):
        terminalreporter.write_line(line)
