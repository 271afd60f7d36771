"""The running product, and what people do in it."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass

from flask import Flask, current_app
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import User
from tests.support.demo_shell import DemoShell
from tests.support.sandbox import Sandbox
from tests.support.session_cookies import begin_session
from tests.support.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Site:
    """Where the product runs, the same application in this process, and the stand-in that it pays with."""

    url: str
    app: Flask
    sandbox: Sandbox
    environment: dict[str, str]
    """What it was started with."""
    demo_shell: DemoShell
    """The shell of `shell_demo/` that may show its pages and sign people in."""


def wait_until_ready(url: str) -> None:
    """Wait until the product serves."""

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    wait_until(is_ready, "The product did not start.")


def sign_in(page: Page, email: str, *, to: str = "/billing") -> None:
    """Open a page in a browser that is signed in as if the form had been sent, which has tests of its own."""
    person = db.session.execute(db.select(User).filter_by(email=email)).scalar_one()
    # The browser knows at which address it sees the product.
    address = page.request.get("/healthz").url
    begin_session(page.context, current_app._get_current_object(), address, person)  # type: ignore[attr-defined]
    page.goto(to)
    expect(page.get_by_role("navigation", name="Billing")).to_be_visible()


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until the thing of this name has the focus, as a person does who sees the ring move."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        label = page.evaluate(
            "(e => (e.labels?.[0]?.innerText || e.innerText || e.getAttribute('aria-label') || '').trim())"
            "(document.activeElement)"
        )
        if label == name or label.startswith(f"{name}\n"):
            return
    raise AssertionError(f"Tab never came to {name!r}.")


def type_card(page: Page, number: str, expiration: str = "1240", cvc: str = "123") -> None:
    """Type a card into Stripe's fields, the first of which has the focus or is about to.

    Each key waits until its field has the focus: that goes to a frame of another origin, a process of its own.
    """
    fields = page.frame_locator("iframe[title='Secure payment input frame']")
    for label, text in (("Card number", number), ("Expiration date", expiration), ("CVC", cvc)):
        expect(fields.get_by_label(label)).to_be_focused()
        page.keyboard.type(text)
        if label != "CVC":
            page.keyboard.press("Tab")
