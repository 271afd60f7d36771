"""The pages in the shell's frame, on another site and on the same one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, Response, jsonify
from playwright.sync_api import expect

from app import create_app
from config import Settings
from tests.support.browsing import BrowserClient
from tests.support.portal_shell import PortalShell, running
from tests.support.serving import place, serving
from tests.support.violations import WatchedBrowser


@pytest.fixture(params=["localhost", "127.0.0.1"], ids=["cross-site", "same-site"])
def shell_page(
    app: Flask, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[tuple[str, PortalShell]]:
    """The address of a page of a shell that shows billing, which is at another site or port."""
    with running() as shell, place() as at:
        made = create_app(replace(settings, shell=shell.settings(), shell_origins=(at.url,)))
        made.test_client_class = BrowserClient
        with (
            serving(made) as billing,
            serving(_portal(billing.replace("127.0.0.1", request.param), shell), at),
        ):
            yield at.url, shell


def _portal(billing: str, shell: PortalShell) -> Flask:
    portal = Flask("portal")

    @portal.get("/")
    def page() -> str:
        return (
            '<!doctype html><html lang="en"><title>Portal</title><h1>Portal</h1>'
            f'<script type="module" src="{billing}/embed.js"></script>'
            f'<voice-portal-billing src="{billing}/billing/wallet" token-url="/billing-token">'
            "</voice-portal-billing>"
        )

    @portal.post("/billing-token")
    def token() -> Response:
        return jsonify(token=shell.token())

    return portal


def test_the_frame_is_signed_in_as_high_as_its_page_and_without_a_header(
    browser: WatchedBrowser, shell_page: tuple[str, PortalShell]
) -> None:
    page = browser.new_page()
    page.goto(shell_page[0])
    frame = page.frame_locator("voice-portal-billing iframe")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(frame.get_by_role("banner")).to_have_count(0)
    expect(frame.get_by_role("button", name="Sign out")).to_have_count(0)
    page.wait_for_function("() => document.querySelector('iframe').getBoundingClientRect().height > 600")
    frame.get_by_role("link", name="Payment methods").first.click()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()


def test_after_sign_out_by_the_shell_the_frame_shows_nothing(
    browser: WatchedBrowser, shell_page: tuple[str, PortalShell]
) -> None:
    page = browser.new_page()
    page.goto(shell_page[0])
    frame = page.frame_locator("voice-portal-billing iframe")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.evaluate(
        "document.addEventListener('voice-portal-billing:session-expired', (event) => event.preventDefault());"
        "document.querySelector('voice-portal-billing').signOut()"
    )
    expect(frame.get_by_role("heading", name="Your session has ended")).to_be_visible()


def test_of_the_shells_theme_only_colors_lengths_and_fonts_are_taken(
    browser: WatchedBrowser, shell_page: tuple[str, PortalShell]
) -> None:
    page = browser.new_page()
    page.goto(shell_page[0])
    frame = page.frame_locator("voice-portal-billing iframe")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.evaluate(
        """() => document.querySelector('voice-portal-billing').theme({
            '--vp-good': 'url(https://evil.example/)', '--vp-bad': 'red; background: blue', 'color': 'red',
            '--other': 'red', '--vp-canvas': 'rgb(250, 250, 240)'})"""
    )
    root = frame.locator("html")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(250, 250, 240)")
    assert root.evaluate("(html) => [...html.style]") == ["--vp-canvas"]


def test_the_frame_obeys_its_parent_only(
    browser: WatchedBrowser, shell_page: tuple[str, PortalShell]
) -> None:
    page = browser.new_page()
    page.goto(shell_page[0])
    frame = page.frame_locator("voice-portal-billing iframe")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    # From another frame of the same page, of the same origin, and from the parent last.
    page.evaluate(
        """async () => {
            const other = document.body.appendChild(document.createElement('iframe'));
            other.srcdoc = '<p>other</p>';
            await new Promise((loaded) => { other.onload = loaded; });
            const target = document.querySelector('voice-portal-billing iframe').contentWindow;
            other.contentWindow.target = target;
            other.contentWindow.eval("target.postMessage({source: 'voice-portal-billing', type: 'theme', "
                + "tokens: {'--vp-ink': 'rgb(9, 9, 9)'}}, '*')");
            document.querySelector('voice-portal-billing').theme({'--vp-canvas': 'rgb(250, 250, 240)'});
        }"""
    )
    expect(frame.locator("body")).to_have_css("background-color", "rgb(250, 250, 240)")
    assert frame.locator("html").evaluate("(html) => [...html.style]") == ["--vp-canvas"]
