"""A page of a shell with the pages in its frame, on another site or on the same one, below a screen or two of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, jsonify, request
from playwright.sync_api import FrameLocator, Page, expect

from app import create_app
from config import Settings
from tests.support.browsing import BrowserClient
from tests.support.portal_shell import PortalShell, running
from tests.support.serving import place, serving

SITES = {"cross-site": "localhost", "same-site": "127.0.0.1"}
"""By what name the pages are asked for, where the shell is 127.0.0.1."""
FRAME = "voice-portal-billing iframe"
HEADER = 60


@dataclass(frozen=True, slots=True)
class ShellPage:
    """Where the page is, and who is signed in to it."""

    url: str
    shell: PortalShell

    def open(
        self, page: Page, path: str, *, above: int = 0, scrolled: int = 0, heading: str = ""
    ) -> FrameLocator:
        """Show one of the pages, so many pixels below the shell's top, scrolled so far."""
        page.goto(f"{self.url}?path={path}&above={above}")
        frame = page.frame_locator(FRAME)
        expect(frame.get_by_role("heading", level=1, name=heading or None)).to_be_visible()
        # What is out of view isn't drawn: https://html.spec.whatwg.org/#unsafe-to-render
        page.evaluate(f"scrollTo(0, {scrolled})")
        expect(page.locator("voice-portal-billing")).not_to_have_css("height", "480px")
        return frame


@contextmanager
def shown(settings: Settings, host: str, **changes: Any) -> Iterator[ShellPage]:
    """Serve such a page, and the application, which is asked for by the name `host`."""
    with running() as shell, place() as at:
        made = create_app(replace(settings, shell=shell.settings(), shell_origins=(at.url,), **changes))
        made.test_client_class = BrowserClient
        with serving(made) as billing, serving(_portal(billing.replace("127.0.0.1", host), shell), at):
            yield ShellPage(at.url, shell)


def _portal(billing: str, shell: PortalShell) -> Flask:
    portal = Flask("portal")

    @portal.get("/")
    def page() -> Response:
        path, above = request.args["path"], int(request.args["above"])
        answer = Response(
            '<!doctype html><html lang="en"><title>Portal</title>'
            "<style>html { scroll-padding-top: 60px } body { margin: 0 } header "
            "{ position: sticky; top: 0; height: 60px; background: gray; z-index: 9 }</style>"
            f'<header>Portal</header><div style="height: {above}px"><button>Before</button></div>'
            f'<script type="module" src="{billing}/embed.js"></script>'
            f'<voice-portal-billing src="{billing}/billing" path="{path}" token-url="/billing-token">'
            f'</voice-portal-billing><div style="height: {above}px"><button>After</button></div>'
        )
        answer.headers["Content-Security-Policy"] = (
            f"script-src {billing}; frame-src {billing}; form-action {billing}"
        )
        return answer

    @portal.post("/billing-token")
    def token() -> Response:
        return jsonify(token=shell.token())

    return portal
