"""A person with a browser, without the browser: signs in, reads pages, fills forms with their CSRF token."""

from __future__ import annotations

import re
from contextvars import Context
from datetime import timedelta
from html import unescape
from secrets import token_hex
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.people import identification, organizations, sessions
from app.people.identification import Limits
from app.transaction import transaction
from app.web.drawn_for import HEADER
from app.web.form_tokens import seal
from tests.factories import PASSWORD

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class BrowserClient(FlaskClient):
    """A client whose requests start from nothing, as those of a server do: the test's own context is out of sight.

    Answers are read to their end, also where a test looks at the status only: a file that is written as it is sent
    has a transaction open until then, and what that has locked would be locked for tests that come later.
    """

    def open(self, *args: Any, buffered: bool = True, **options: Any) -> TestResponse:
        return Context().run(super().open, *args, buffered=buffered, **options)


class Visitor:
    """One browser with its cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        """Go to an address, or with `HTMX` as headers let the page that is open ask for it, which says whose it is."""
        if options.get("headers") is HTMX and (organization := Context().run(self._in_view)[1]):
            options["headers"] = HTMX | {HEADER: organization}
        return self.client.get(path, **options)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form as the current page would, token included."""
        filled = dict(data or {}) | {"csrf_token": self.token() if token is None else token}
        return self.client.post(path, data=filled, **options)

    def token(self) -> str:
        """The CSRF token of this browser's session, as the forms of its pages carry it."""
        return Context().run(self._token)

    def old_token(self) -> str:
        """The token of a page of this person's that was drawn before they signed in again."""
        return Context().run(self._token, b"an earlier session".hex())

    def begin_session(self, email: str) -> None:
        """Be signed in as this person from the start, in a test that isn't about signing in: the form takes five
        times as long."""
        Context().run(self._begin_session, email)

    def sign_in(self, email: str, password: str = PASSWORD, *, to: str = "") -> TestResponse:
        """Send the form."""
        return self.post("/sign-in", {"email": email, "password": password, "next": to})

    def take_cookies(self, headers: str) -> None:
        """Have the cookies that another browser was given by these `Set-Cookie` headers, one a line."""
        for header in headers.splitlines():
            pair, *attributes = header.split("; ")
            name, _, value = pair.partition("=")
            path = next(one.removeprefix("Path=") for one in attributes if one.startswith("Path="))
            self.client.set_cookie(name, value, path=path)

    def _begin_session(self, email: str) -> None:
        with self.client.application.app_context():
            person = organizations.find_user(email)
            assert person is not None, f"No one signs in as {email}."
            with transaction():
                begun = sessions.start(person, address="127.0.0.1")
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = begun

    def _token(self, secret: str = "") -> str:
        # Made instead of read from a page: half of all requests would be for it.
        with self.client.session_transaction() as session:
            secret = secret or session.setdefault("csrf_token", token_hex())
        person, organization = self._in_view()
        with self.client.application.app_context():
            return seal(secret, person, organization)

    def _in_view(self) -> tuple[str | None, str | None]:
        """Who is signed in, and the short name of the organization that they see."""
        with self.client.session_transaction() as session:
            signed_in = session.get("_user_id", "")
        with self.client.application.app_context():
            who = identification.identify(signed_in, Limits(timedelta(days=1), timedelta(days=1)))
            if who is None:
                return None, None
            return str(who.user.id), who.organization.slug if who.organization else None


def links_of(html: str) -> list[str]:
    """Where the links of a page lead, without the organization that each of them names."""
    found = (unescape(address) for address in re.findall(r'href="([^"]*)"', html))
    plain = (re.sub(r"\borg(?:=|%3D)[a-z0-9-]+(?:&|%26)?", "", address) for address in found)
    return [re.sub(r"(?:\?|%3F|&)(?=#|%23|$)", "", address) for address in plain]


def seen_on(page: TestResponse) -> dict[str, str]:
    """The settings that a page shows, as its form says it."""
    return dict(re.findall(r'<input type="hidden" name="(seen)" value="([^"]*)">', page.text))


def text_of(response: TestResponse) -> str:
    """What a person reads on a page: its words without the markup, white space folded."""
    return _words(response.text)


def text_on_wide_screen(response: TestResponse) -> str:
    """As `text_of`, without what stands in another place of the page on narrow screens."""
    return _words(
        re.sub(r'<(\w+) class="[^"]*\bnarrow-only\b[^"]*">.*?</\1>', " ", response.text, flags=re.DOTALL)
    )


def _words(html: str) -> str:
    plain = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain)).strip()
