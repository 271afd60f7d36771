"""Files from the frame: PDF and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect

from config import ROOT
from tests.factories import an_organization
from tests.support.demo_shell import Shell

SANDBOX = (
    "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-popups "
    "allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
"""What docs/embedding.md says that a page in a sandbox has to allow."""


def a_statement(page: Page, shell: Shell) -> FrameLocator:
    """January's statement in the frame, reached from the list."""
    shell.sign_in(page, shell.add_person(an_organization(credit="20")), to="/billing")
    page.get_by_role("link", name="Invoices").click()
    frame = shell.frame(page)
    frame.get_by_role("link", name="January 2026").first.click()
    expect(frame.get_by_role("heading", name="January 2026 statement", level=1)).to_be_visible()
    return frame


def check_files(page: Page, frame: FrameLocator) -> None:
    for link, ending, begins in (
        ("Download PDF", ".pdf", b"%PDF-1.7"),
        ("Export CSV", ".csv", b"\xef\xbb\xbfsection,"),
    ):
        with page.expect_download() as downloading:
            frame.get_by_role("link", name=link).press("Enter")
        file = downloading.value
        assert file.suggested_filename.startswith("statement-")
        assert file.suggested_filename.endswith(f"2026-01{ending}")
        assert Path(file.path()).read_bytes().startswith(begins)
    expect(frame.get_by_role("heading", name="January 2026 statement", level=1)).to_be_visible()


def test_a_statement_is_saved_as_pdf_and_csv_and_back_is_still_one_step(
    page: Page, shell: Shell, app: Flask
) -> None:
    frame = a_statement(page, shell)
    address = page.url
    check_files(page, frame)
    expect(page).to_have_url(address)
    page.go_back()
    expect(frame.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
    page.go_back()
    expect(frame.get_by_role("heading", name="Billing", level=1)).to_be_visible()


@pytest.mark.representative
def test_the_history_is_exported(page: Page, shell: Shell, app: Flask) -> None:
    shell.sign_in(page, shell.add_person(an_organization(credit="20")), to="/billing/wallet")
    with page.expect_download() as downloading:
        shell.frame(page).get_by_role("link", name="Export CSV").press("Enter")
    assert downloading.value.suggested_filename.endswith(".csv")
    assert b"Welcome credit" in Path(downloading.value.path()).read_bytes()


def test_files_say_that_they_are_files(page: Page, shell: Shell, app: Flask) -> None:
    """So no browser shows them in the frame, which it may do with a PDF."""
    frame = a_statement(page, shell)
    found = frame.locator("html").evaluate(
        """async () => Promise.all([...document.querySelectorAll(".documents a")].slice(0, 2).map(async ({ href }) =>
            (await fetch(href)).headers.get("Content-Disposition")))"""
    )
    assert [one.startswith('attachment; filename="statement-') for one in found] == [True, True]


@pytest.mark.parametrize("shell", ["127.0.0.1"], indirect=True)
def test_in_a_page_of_the_shells_that_is_in_a_sandbox(
    page: Page, shell: Shell, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it has to allow, named in docs/embedding.md."""
    serve = shell.demo_shell.app.wsgi_app

    def in_sandbox(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, ("Content-Security-Policy", SANDBOX)], *more)

        return serve(environ, begin)

    monkeypatch.setattr(shell.demo_shell.app, "wsgi_app", in_sandbox)
    check_files(page, a_statement(page, shell))


def test_integrators_find_what_a_sandbox_has_to_allow() -> None:
    assert SANDBOX.removeprefix("sandbox ") in (ROOT / "docs" / "embedding.md").read_text()
