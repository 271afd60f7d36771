"""What comes out of the printer where billing is in the shell: the page in the frame, and not the shell around it."""

from __future__ import annotations

from io import BytesIO

from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.factories import an_organization
from tests.support.demo_shell import Shell
from tests.support.waiting import wait_until

TRIES = 5
SAYS_WHAT_PRINTS = "addEventListener('beforeprint', () => console.info(`prints ${location.pathname}`))"


def note_prints(page: Page) -> list[str]:
    """From now on, the pages that are sent to the printer."""
    printed: list[str] = []
    page.on("console", lambda said: printed.append(said.text) if said.text.startswith("prints") else None)
    page.add_init_script(SAYS_WHAT_PRINTS)
    return printed


def test_the_key_that_prints_prints_the_page_in_the_frame(page: Page, shell: Shell, app: Flask) -> None:
    printed = note_prints(page)
    shell.sign_in(page, shell.add_person(an_organization()), to="/billing/activity")
    expect(shell.frame(page).get_by_role("heading", name="Activity", level=1)).to_be_visible()
    page.locator("main").focus()
    # A page that has only just come doesn't listen yet: then one presses again.
    for _ in range(TRIES):
        page.keyboard.press("ControlOrMeta+p")
        page.wait_for_timeout(2_000)
        if printed:
            break
    wait_until(lambda: printed == ["prints /billing/activity"], "From the shell, nothing is printed.")
    shell.frame(page).get_by_role("link", name="Wallet").first.focus()
    page.keyboard.press("ControlOrMeta+p")
    wait_until(lambda: printed == ["prints /billing/activity"] * 2, "In the frame, nothing is printed.")


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
