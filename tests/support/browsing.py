"""A person with a browser, without the browser: signs in, reads pages, fills forms with their CSRF token."""

from __future__ import annotations

import re
from contextvars import Context
from html import unescape
from secrets import token_hex
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
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
        """The CSRF token of this browser's session, as the forms of its pages carry it."""
        return Context().run(self._token)

    def sign_in(self, email: str, password: str = PASSWORD, *, to: str = "") -> TestResponse:
        return self.post("/sign-in", {"email": email, "password": password, "next": to})

    def _token(self) -> str:
        # Made instead of read from a page: half of all requests would be for it.
        with self.client.session_transaction() as session:
            secret = session.setdefault("csrf_token", token_hex())
        return str(
            URLSafeTimedSerializer(self.client.application.secret_key, salt="wtf-csrf-token").dumps(secret)
        )


def text_of(response: TestResponse) -> str:
    """What a person reads on a page: its words without the markup, white space folded."""
    plain = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain)).strip()
