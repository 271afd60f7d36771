"""The whole product as it runs for people: gunicorn, the worker, the stand-in with its webhooks, and Chromium."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import create_app
from app.notify.webhooks import new_secret
from config import Settings
from dev.testing import TEMPLATE, create_database
from stripe_sandbox.testing import running
from tests.browser.looks import LOOKS, a_page
from tests.browser.site import Site, wait_until_ready
from tests.support import programs
from tests.support.database import inside
from tests.support.demo_shell import DemoShell, Shell
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox

# As long as for what a test does: a machine that is busy is slow, and not wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def site(process_name: str) -> Iterator[Site]:
    """One running product for each test process. Tests make organizations of their own in it."""
    port = free_port()
    demo_shell = DemoShell(f"http://localhost:{port}", free_port())
    with ExitStack() as stack:
        stack.enter_context(demo_shell.serving())
        process = stack.enter_context(
            running(webhook_url=f"http://127.0.0.1:{port}/webhooks/stripe", webhook_secret=WEBHOOK_SECRET)
        )
        environment = {
            "APP_ENV": "test",
            **create_database(f"browser_{process_name}", template=TEMPLATE).settings,
            "PUBLIC_URL": f"http://localhost:{port}",
            "STRIPE_API_BASE": process.url,
            "STRIPE_JS_URL": f"{process.url}/endive/stripe.js",
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_TIMEOUT_SECONDS": "5",
            "SMTP_URL": "",
            "SMS_GATEWAY_URL": f"http://localhost:{port}/dev/chat/phones",
            "SMS_GATEWAY_SECRET": new_secret(),
            "LOG_LEVEL": "WARNING",
            "OPERATOR_CONSOLE": "1",
            **demo_shell.settings(),
        }
        for command in (
            ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "tests.support.pseudo_site:app"],
            ["flask", "worker"],
        ):
            stack.callback(end, programs.start(command[0], command[1:], os.environ | environment))
        app = create_app(Settings.from_environment(environment))
        found = Site(environment["PUBLIC_URL"], app, Sandbox(process), environment, demo_shell)
        wait_until_ready(found.url)
        yield found


@pytest.fixture
def application(site: Site) -> Flask:
    return site.app


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application on the running product's database, which no one empties: others are using it."""
    with inside(application):
        yield application


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose console stays empty: a refused script or style, or any error, fails the test."""
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: said.append(str(error)))
    yield made
    # What is written for answers that are part of a story: refused forms, a declined card, a connection cut off.
    expected = ("Failed to load resource", "Failed to fetch")
    assert [text for text in said if not any(part in text for part in expected)] == []


def end(process: programs.Program) -> None:
    """Let it end."""
    process.terminate()
    process.wait(30)


def free_port() -> int:
    """A port that no one listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """A page in light and wide, and in dark and narrow: for what is done there."""
    yield from a_page(browser, site, *request.param)


@pytest.fixture
def sight(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that is looked at both ways once it is open, with `check_in_each_look`."""
    yield from a_page(browser, site, *LOOKS[0])


@pytest.fixture(params=["127.0.0.1", "localhost"], ids=["cross-site", "same-site"])
def shell(request: pytest.FixtureRequest, site: Site) -> Shell:
    """The demo's shell around the running product, on another site than the pages and on the same one."""
    return site.demo_shell.at(request.param)
