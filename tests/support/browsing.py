"""A person with a browser, without the browser: signs in, reads pages, fills forms with their CSRF token."""

from __future__ import annotations

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class BrowserClient(FlaskClient):
    """A client whose requests start from nothing, as those of a server do: the test's own context is out of sight."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return Context().run(super().open, *args, **options)


class Visitor:
    """One browser with its cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form as the page at hand would, token included."""
        filled = dict(data or {}) | {"csrf_token": self.token() if token is None else token}
        return self.client.post(path, data=filled, **options)

    def token(self) -> str:
        """The CSRF token of this browser's session."""
        html = self.client.get("/sign-in").text
        found = _token_in(html) or _token_in(self.client.get("/billing").text)
        assert found, "no page with a form was found"
        return found

    def sign_in(self, email: str, password: str = PASSWORD, *, to: str = "") -> TestResponse:
        return self.post("/sign-in", {"email": email, "password": password, "next": to})


def text_of(response: TestResponse) -> str:
    """What a person reads on a page: its words without the markup, white space folded."""
    plain = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain)).strip()


def _token_in(html: str) -> str | None:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html) or re.search(
        r'value="([^"]+)"[^>]*name="csrf_token"', html
    )
    return found[1] if found else None
