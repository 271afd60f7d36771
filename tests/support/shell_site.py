"""A small Voice Portal shell that shows the pages in a frame: a page of its own, and one for billing at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, Response, jsonify
from playwright.sync_api import FrameLocator, Page, expect

from app import create_app
from config import Settings
from tests.support.browsing import BrowserClient
from tests.support.portal_shell import PortalShell, running
from tests.support.serving import place, serving

SITES = {"cross-site": "localhost", "same-site": "127.0.0.1"}
"""The host that billing is at, for a shell at 127.0.0.1."""
_ELEMENT = "voice-portal-billing"
# What the element said, in order, is kept for tests.
_PAGE = f"""<!doctype html><html lang="en"><title>Portal</title>
<header><h1>Portal</h1><a href="/">Home</a> <a href="/billing">Billing</a> <a id="before" href="#">Before</a></header>
{{main}}
<footer><a id="after" href="#">After</a></footer>
<script>
  window.told = [];
  for (const type of "ready navigate resize session-expired renew wallet problem open-in-window".split(" "))
    document.addEventListener("{_ELEMENT}:" + type, (event) => window.told.push([type, event.detail]));
</script>
<script type="module" src="{{billing}}/embed.js"></script>"""


@dataclass
class ShellSite:
    """The shell, whom it says is signed in to it, and where both are. `claims` change its tokens; `answers` with that
    status instead, if it isn't 200."""

    url: str
    billing: str
    app: Flask
    shell: PortalShell
    claims: dict[str, Any] = field(default_factory=dict)
    answers: int = 200
    asked: int = 0
    attributes: str = "keep-address"

    def frame(self, page: Page) -> FrameLocator:
        """What is in the frame."""
        return page.frame_locator(f"{_ELEMENT} iframe")

    def open(self, page: Page, path: str = "/billing/wallet", heading: str = "Wallet") -> FrameLocator:
        """Open billing in the shell, and wait until its page is there."""
        page.goto(f"{self.url}{path}")
        return self.wait_for(page, heading)

    def wait_for(self, page: Page, heading: str) -> FrameLocator:
        """Wait until the frame shows the page of this heading."""
        frame = self.frame(page)
        expect(frame.get_by_role("heading", name=heading, level=1)).to_be_visible()
        return frame


@contextmanager
def running_site(settings: Settings, host: str, *, more_origins: tuple[str, ...] = ()) -> Iterator[ShellSite]:
    """Run a shell, and billing at a host for it."""
    with running() as shell, place() as at:
        made = create_app(replace(settings, shell=shell.settings(), shell_origins=(*more_origins, at.url)))
        made.test_client_class = BrowserClient
        with serving(made) as billing:
            site = ShellSite(at.url, billing.replace("127.0.0.1", host), made, shell)
            with serving(portal_of(site), at):
                yield site


def portal_of(site: ShellSite) -> Flask:
    """The portal's pages, which may be at another origin too."""
    portal = Flask("portal")

    def page(main: str) -> str:
        return _PAGE.format(main=main, billing=site.billing)

    @portal.get("/")
    def home() -> str:
        return page("<main><p>Home of the portal</p></main>")

    @portal.get("/billing")
    @portal.get("/billing/<path:below>")
    def billing(below: str = "") -> str:
        return page(
            f'<{_ELEMENT} src="{site.billing}/billing" token-url="/billing-token" {site.attributes}></{_ELEMENT}>'
        )

    @portal.post("/billing-token")
    def token() -> tuple[Response, int] | Response:
        site.asked += 1
        if site.answers != 200:
            return jsonify(error="no"), site.answers
        return jsonify(token=site.shell.token(**site.claims))

    return portal
