"""`make lighthouse`: run Lighthouse on every page of a demo of its own, signed in; print page by category.

Returns 1 where a score is below 100. `PAGES="wallet.show overview.show"` are those to run it on, `FORMS=desktop` how.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import BrowserContext, Page, sync_playwright

from app import create_app
from config import Settings
from dev.errors import ToolError
from dev.lighthouse import program, visiting
from dev.lighthouse.scores import Score, Sheet, measure
from dev.people import OWNER, PASSWORD
from dev.ports import free_port
from dev.signals import end_on_signals
from dev.temporary import temporary_demo
from dev.testing import BROWSER_FLAGS, browser_path

FORMS = ("desktop", "mobile")


@contextmanager
def browser(port: int) -> Iterator[BrowserContext]:
    """A browser with an empty profile and a debugging port: what is signed in here, Lighthouse finds signed in."""
    with (
        tempfile.TemporaryDirectory(prefix="voice-portal-lighthouse-") as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browser_path(), args=[*BROWSER_FLAGS, f"--remote-debugging-port={port}"]
        )
        yield context
        context.close()


def run(environment: Mapping[str, str]) -> Sheet:
    """Run it on the pages of a running demo, first those for people who aren't signed in."""
    address, port, sheet = environment["PUBLIC_URL"], free_port(), Sheet(not_run=visiting.NOT_BY_ITSELF)
    app = create_app(Settings.from_environment(environment))
    with browser(port) as context:
        sheet.scores += _measure(visiting.signed_out(app), address, port)
        page = context.new_page()
        _sign_in(page, address)
        found = visiting.signed_in(app, page, address)
        sheet.not_found = visiting.find_missing(app, found)
        page.close()
        sheet.scores += _measure(found, address, port)
    return sheet


def _measure(pages: Mapping[str, str], address: str, port: int) -> Iterator[Score]:
    chosen = os.environ.get("PAGES", "").split() or sorted(pages)
    for form in os.environ.get("FORMS", "").split() or FORMS:
        with program.running(port, form) as lighthouse:
            for name in chosen:
                if name in pages:
                    score = measure(name, form, partial(lighthouse.run, f"{address}{pages[name]}"))
                    print(
                        f"{name} {form}: {score.scores}", *score.why, sep="\n  ", file=sys.stderr, flush=True
                    )
                    yield score


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/billing")


def main() -> int:
    """Returns the exit code."""
    end_on_signals()
    try:
        program.install()
        with temporary_demo() as environment:
            sheet = run(environment)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(sheet.draw())
    return 0 if sheet.is_full else 1


if __name__ == "__main__":
    sys.exit(main())
