"""What is printed once all pages were looked at: one table of each kind, from all test processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from app.models import Organization, User
from tests.browser.every_page.sheet import Sheet
from tests.browser.site import Site
from tests.factories import a_person

Enter = Callable[[str, str, Iterable[str]], None]
_CELL, _WANTED = "cell", "wanted"
_sheet = Sheet()
_wanted: list[str] = []


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    made = browser.new_context(base_url=site.url)
    yield made.new_page()
    made.close()


def open_all(page: Page | Frame) -> None:
    """Unfold what is folded away."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def someone(organization: Organization) -> User:
    """An owner, with another one beside them."""
    a_person(organization=organization)
    return a_person(organization=organization)


@pytest.fixture
def enter(record_property: Callable[[str, object], None]) -> Enter:
    """Enters what was found in a page, by its name and how it was looked at, into the table."""

    def add(row: str, column: str, found: Iterable[str]) -> None:
        record_property(_CELL, [row, column, list(found)])

    return add


@pytest.fixture
def want(record_property: Callable[[str, object], None]) -> Callable[[list[str]], None]:
    """Says which pages have to be in the table."""
    return lambda rows: record_property(_WANTED, rows)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test has entered, in whichever process it ran."""
    if report.when == "call":
        for name, value in report.user_properties:
            if name == _CELL:
                row, column, found = value  # type: ignore[misc]
                _sheet.enter(row, column, found)
            elif name == _WANTED:
                _wanted.extend(value)  # type: ignore[arg-type]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    if _sheet.cells:
        terminalreporter.write_line(f"\n{_sheet.draw()}")
    for row in _sheet.missing(_wanted):
        terminalreporter.write_line(f"{row}: not looked at. Say in tests/support/addresses.py where it is.")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where anything was found, the run has failed."""
    if (_sheet.findings or _sheet.missing(_wanted)) and session.exitstatus == 0:
        session.exitstatus = 1
