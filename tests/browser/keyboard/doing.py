"""Doing a task and counting."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, Request

from tests.browser.keyboard.places import Place
from tests.browser.keyboard.task import Task
from tests.browser.site import Site

BY_ITSELF = {"auth.enter_from_shell", "auth.passkey_challenge"}
"""The page in the frame shows who it is again when someone comes back from another tab; the sign-in page asks for a
challenge, so that the browser can offer a passkey."""


def do(task: Task, place: Place, page: Page, site: Site, record: Callable[[str, object], None]) -> None:
    """Do a task at a place: it sends the forms that it says, and takes no more keys than it may."""
    scene = task.scene(site)
    hands = place.open(page, site, scene)
    sent: set[str] = set()
    page.on("request", lambda request: sent.update(_form(site.app, site.url, request)))
    task.do(hands)
    record("keys", hands.keys)
    assert sent - BY_ITSELF == task.posts, sent
    assert hands.keys <= task.most, hands.keys


def _form(app: Flask, origin: str, request: Request) -> list[str]:
    """The endpoint of a form that is sent to us, or nothing."""
    if request.method != "POST" or not request.url.startswith(f"{origin}/"):
        return []
    path = request.url.removeprefix(origin).partition("?")[0]
    endpoint, _ = app.url_map.bind("localhost").match(path, method="POST")
    return [str(endpoint)]
