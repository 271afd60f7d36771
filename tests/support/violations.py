"""What the Content-Security-Policy stops in a browser fails the test, in whichever page, window or frame it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

_SAID = "securitypolicyviolation:"
_TELL = f"""
document.addEventListener("securitypolicyviolation", (event) => {{
  console.error("{_SAID}", event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample);
}});
"""
# What Chromium writes where no script can hear of it: before a page's first one, or about a header.
_WRITTEN = (
    "Content Security Policy",
    "Content-Security-Policy",
    "Trusted Type",
    "Permissions-Policy",
    "permissions policy",
)


class WatchedBrowser:
    """A browser like any other, which notes what the policies of pages in it stop."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.violations: list[str] = []

    def new_context(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(**options)
        context.add_init_script(_TELL)
        context.on("console", self._hear)
        self._contexts.append(context)
        return context

    def new_page(self, **options: Any) -> Page:
        return self.new_context(**options).new_page()

    def provoked(self, page: Page) -> str:
        """What a test made happen in a page, in the browser's words and the page's; it is forgotten."""
        page.evaluate("new Promise((told) => setTimeout(told))")
        found = "\n".join(self.violations)
        self.violations.clear()
        return found

    def close(self) -> None:
        """Close all its pages. One that stays open keeps asking its server, and then the next one at that address,
        for as long as the browser runs."""
        for context in self._contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        said = message.text
        if message.type in {"error", "warning"} and (
            said.startswith(_SAID) or any(part in said for part in _WRITTEN)
        ):
            self.violations.append(said)


@contextmanager
def watched(browser: Browser) -> Iterator[WatchedBrowser]:
    """Watch a browser for as long as this lasts; nothing of it stays open, and nothing may have been stopped in it."""
    watching = WatchedBrowser(browser)
    yield watching
    watching.close()
    assert watching.violations == []
