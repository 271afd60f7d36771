"""Sessions that a browser has from the start, for tests that aren't about signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from app.models import Operator, User
from app.operators import sessions as operator_sessions
from app.own_pages import CONSOLE
from app.pages.operator.blueprint import KEPT
from app.people import sessions
from app.transaction import transaction

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

CONSOLE_COOKIE = "operator_session"


def begin_session(context: BrowserContext, app: Flask, url: str, person: User) -> None:
    """The browser is signed in to billing as this person, as if it had sent the form."""
    with transaction():
        token = sessions.start(person)
    carry_session(context, app, url, _user_id=token)


def begin_operator_session(context: BrowserContext, app: Flask, url: str, operator: Operator) -> None:
    """The browser is signed in to the operators' console, as if it had sent the form."""
    with transaction():
        token = operator_sessions.start(operator)
    client = app.test_client()
    with client.session_transaction(CONSOLE) as session:
        session[KEPT] = token
    cookie = client.get_cookie(CONSOLE_COOKIE, path=CONSOLE)
    assert cookie is not None
    host = urlsplit(url).hostname
    assert host is not None
    context.add_cookies(
        [
            {
                "name": cookie.key,
                "value": cookie.value,
                "domain": host,
                "path": CONSOLE,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )


def carry_session(context: BrowserContext, app: Flask, url: str, **kept: str | int) -> None:
    """The browser sends a cookie with this session to the application at an address."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(kept)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": url, "httpOnly": True, "sameSite": "Lax"}]
    )
