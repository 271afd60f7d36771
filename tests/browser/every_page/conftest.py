"""What is printed once all pages were looked at: one table of each kind, from all test processes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page, expect

from app.extensions import db
from app.models import Organization, User
from tests.browser.every_page.sheet import Sheet
from tests.browser.site import Site
from tests.factories import a_person
from tests.support.addresses import Address, addresses
from tests.support.console_addresses import console_addresses
from tests.support.demo_shell import Shell
from tests.support.operating import an_operator
from tests.support.session_cookies import begin_operator_session
from tests.support.states import State

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


def pages_of_the_console(page: Page, site: Site, app: Flask, organization: Organization) -> Iterator[Address]:
    """Each page of the operators' console that is about an organization, or about none, one after the other."""
    opened = an_operator(f"{secrets.token_hex(6)}@operator.example")
    begin_operator_session(page.context, site.app, site.url, opened.operator)
    for each in console_addresses(app, organization):
        page.goto(each.path)
        yield each


def pages_in_the_frame(
    page: Page, site: Site, shell: Shell, app: Flask, state: State
) -> Iterator[tuple[Address, Frame]]:
    """Each page of an organization in this state, in the frame of the shell that an owner has signed in to."""
    organization = state()
    someone(organization)
    theirs = shell.add_person(organization)
    shell.sign_in(page, theirs)
    expect(shell.frame(page).get_by_role("heading", name="Billing", level=1)).to_be_visible()
    frame = page.frames[1]
    person = db.session.scalars(db.select(User).filter_by(email=theirs.email)).one()
    for each in addresses(app, organization, person):
        frame.goto(f"{site.url}{each.path}")
        yield each, frame


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
