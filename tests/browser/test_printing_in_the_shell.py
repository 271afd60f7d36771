"""What comes out of the printer where billing is in the shell: the page in the frame, and not the shell around it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO

from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.factories import an_organization
from tests.support.demo_shell import Shell

SAYS_WHAT_PRINTS = "addEventListener('beforeprint', () => console.info(`prints ${location.pathname}`))"
PRINTS_EARLY = """customElements.whenDefined('voice-portal-billing')
  .then(() => document.querySelector('voice-portal-billing')?.print())"""


def one_print_of(page: Page, path: str) -> AbstractContextManager[object]:
    """Within it, the page at `path` is sent to the printer."""
    return page.expect_console_message(lambda said: said.text == f"prints {path}")


def test_the_key_that_prints_prints_the_page_in_the_frame(page: Page, shell: Shell, app: Flask) -> None:
    page.add_init_script(SAYS_WHAT_PRINTS)
    shell.sign_in(page, shell.add_person(an_organization()), to="/billing/activity")
    expect(shell.frame(page).get_by_role("heading", name="Activity", level=1)).to_be_visible()
    page.locator("main").focus()
    with one_print_of(page, "/billing/activity"):
        page.keyboard.press("ControlOrMeta+p")
    shell.frame(page).get_by_role("link", name="Wallet").first.focus()
    with one_print_of(page, "/billing/activity"):
        page.keyboard.press("ControlOrMeta+p")


def test_what_is_asked_before_a_page_is_there_is_printed_once_it_is(
    page: Page, shell: Shell, app: Flask
) -> None:
    page.add_init_script(SAYS_WHAT_PRINTS)
    page.add_init_script(PRINTS_EARLY)
    person = shell.add_person(an_organization())
    with one_print_of(page, "/billing/activity"):
        shell.sign_in(page, person, to="/billing/activity")


def test_printed_by_the_browsers_menu_the_first_sheet_begins_with_the_page(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization = an_organization(credit="55")
    shell.sign_in(page, shell.add_person(organization), to="/billing/wallet")
    expect(shell.frame(page).get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    sheet = PdfReader(BytesIO(page.pdf(format="A4"))).pages[0].extract_text()
    assert "$55.00" in sheet
    assert "Sign out" not in sheet
    assert "Campaigns" not in sheet
