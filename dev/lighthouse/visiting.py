"""Where each page is in the demo: at its rule's address, or where a link or a form of another page leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from dev.page_map import SIGNED_OUT, pages

_LEADS = """() => [
  ...[...document.querySelectorAll("a[href]")].map((one) => one.href),
  ...[...document.querySelectorAll("form")].filter((one) => one.method === "get").map((one) => one.action),
].filter((one) => one.startsWith(location.origin))"""


NOT_BY_ITSELF = {
    "alerts.show_code": "is there once a phone waits for its code",
    "alerts.show_number": "is there once there is a phone",
    "auth.arrive_from_shell": "answers 403",
    "auth.invitation": "has a link that comes by mail",
    "auth.recovery_code": "comes after a password",
    "auth.second_factor": "comes after a password",
    "auth.set_password": "has a link that comes by mail",
    "change_plan.review_cancellation": "is there while a renewal isn't paid",
    "change_plan.show_switch": "comes after the form that begins it",
    "factors.remove_app": "is there once there is an app",
    "factors.remove_passkey": "is there once there is a passkey",
    "factors.rename_passkey": "is there once there is a passkey",
    "factors.set_up_app": "comes after the form that begins it",
    "limits.show_more": "is what the shell leads people without a billing role to",
    "security.reset_factor": "is there once someone has a second factor",
    "wallet.rename_view": "is there once there is a saved view",
}
"""Pages that Lighthouse can't be led to by an address alone. Each has the frame and the parts of the others, and
`make axe` looks at it."""

ASKED_FOR = {"wallet.show_call"}
"""Pages whose query says what they are about."""


def signed_out(app: Flask) -> dict[str, str]:
    """The pages for those who aren't signed in that an address without arguments shows, by their rules."""
    wanted = [rule for rule in pages(app) if rule.endpoint in SIGNED_OUT - set(NOT_BY_ITSELF)]
    plain = {rule.endpoint: rule.rule for rule in wanted if not rule.arguments}
    return plain | {"api_docs.show_problem": "/api/problems/not-found"}


def signed_in(app: Flask, page: Page, address: str) -> dict[str, str]:
    """Where the signed-in browser finds each page, by its rule. What nothing leads to is missing (`find_missing`)."""
    wanted = _wanted(app)
    led_to = {name for name, rule in wanted.items() if rule.arguments} | ASKED_FOR
    found = {name: rule.rule for name, rule in wanted.items() if name not in led_to}
    for path in list(found.values()):
        page.goto(f"{address}{path}")
        for name, leads_to in _named(app, page.evaluate(_LEADS)):
            if name in led_to:
                found.setdefault(name, leads_to)
    return found


def find_missing(app: Flask, found: Iterable[str]) -> list[str]:
    """The pages for those who are signed in that aren't among those found."""
    return sorted(set(_wanted(app)) - set(found))


def _wanted(app: Flask) -> dict[str, Rule]:
    return {
        rule.endpoint: rule for rule in pages(app) if rule.endpoint not in SIGNED_OUT | set(NOT_BY_ITSELF)
    }


def _named(app: Flask, addresses: list[str]) -> Iterator[tuple[str, str]]:
    adapter = app.url_map.bind("localhost")
    for one in addresses:
        parts = urlsplit(one)
        try:
            name, _ = adapter.match(parts.path, method="GET")
        except HTTPException:
            continue
        yield str(name), f"{parts.path}?{parts.query}" if parts.query else parts.path
