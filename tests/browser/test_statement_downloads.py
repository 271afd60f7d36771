"""The month's statement, found and downloaded by keyboard alone."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.site import sign_in, tab_to
from tests.factories import a_person, an_organization


def test_by_keyboard_alone(page: Page, app: Flask) -> None:
    organization = an_organization(credit="20")
    sign_in(page, a_person(organization=organization).email, to="/workplace/invoices")
    tab_to(page, "January 2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="January 2026 statement", level=1)).to_be_visible()
    for link, begins in (("Download PDF", b"%PDF-1.7"), ("Export CSV", b"\xef\xbb\xbfsection,")):
        tab_to(page, link)
        with page.expect_download() as downloading:
            page.keyboard.press("Enter")
        file = downloading.value
        assert file.suggested_filename.startswith(f"statement-{organization.slug}-2026-01")
        assert Path(file.path()).read_bytes().startswith(begins)
