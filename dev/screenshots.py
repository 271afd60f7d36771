"""`make screenshots`: photograph the pages, light and dark, wide and narrow, into docs/screenshots.

Starts a demo of its own, or uses the one whose addresses are given, of the pages and of the shell:
`python -m dev.screenshots http://localhost:8000 http://127.0.0.1:8002`. `ONLY=shell` takes those of the shell only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from dev.demo import ROOT
from dev.errors import ToolError
from dev.people import OWNER, PASSWORD
from dev.signals import end_on_signals
from dev.temporary import temporary_demo
from dev.testing import browser_path

FOLDER = ROOT / "docs" / "screenshots"
BEFORE_SIGN_IN = {"sign-in": "/sign-in"}
AFTER_SIGN_IN = {
    "overview": "/billing",
    "wallet": "/billing/wallet",
    "payment-methods": "/billing/payment-methods",
    "change-plan": "/billing/change-plan",
    "invoices": "/workplace/invoices",
    "billing-details": "/billing/details",
    "activity": "/billing/activity",
    "account": "/account",
}
IN_THE_SHELL = {
    "shell-billing": "/billing",
    "shell-wallet": "/billing/wallet",
    "shell-payment-methods": "/billing/payment-methods",
    "shell-campaigns": "/campaigns",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1280: 800, 320: 640}


def photograph(browser: Browser, address: str, shell: str) -> None:
    """Take every page in every scheme and width; in the shell, what is in view."""
    for scheme, (width, height) in product(SCHEMES, WIDTHS.items()):
        context = browser.new_context(
            base_url=address or None,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            locale="en-US",
        )
        page = context.new_page()
        if address:
            _take_pages(page, f"{scheme}-{width}")
        if shell:
            _take_shell(page, shell, f"{scheme}-{width}")
        context.close()


def _take_pages(page: Page, ending: str) -> None:
    _take(page, BEFORE_SIGN_IN, ending)
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/billing")
    _take(page, AFTER_SIGN_IN, ending)


def _take_shell(page: Page, shell: str, ending: str) -> None:
    page.goto(shell)
    page.get_by_role("button", name="Owner of Harbor Dental").click()
    _take(page, {name: shell + path for name, path in IN_THE_SHELL.items()}, ending, whole=False)


def _take(page: Page, paths: dict[str, str], ending: str, *, whole: bool = True) -> None:
    for name, path in paths.items():
        page.goto(path, wait_until="networkidle")
        page.screenshot(path=FOLDER / f"{name}-{ending}.png", full_page=whole)


@contextmanager
def _addresses() -> Iterator[tuple[str, str]]:
    """Where the pages are, and the shell around them; the latter is empty where there is none."""
    if len(sys.argv) > 1:
        pages, shell = (*sys.argv[1:3], "")[:2]
        yield pages.rstrip("/"), shell.rstrip("/")
    else:
        with temporary_demo() as environment:
            yield environment["PUBLIC_URL"], environment["SHELL_ORIGINS"].split()[0]


def main() -> int:
    """Take the photographs. Returns the exit code."""
    end_on_signals()
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        program = browser_path()
        with _addresses() as (address, shell), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            photograph(browser, "" if os.environ.get("ONLY") == "shell" else address, shell)
            browser.close()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"The pages are in {FOLDER.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
