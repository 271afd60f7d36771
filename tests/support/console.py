"""A browser in the operators' console: signs in, and sends forms with the token that its pages have."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.models import OperatorRole
from tests.factories import PASSWORD
from tests.support.browsing import text_of
from tests.support.operating import Opened, an_operator

COOKIE = "operator_session"
SIGN_IN = "/operator/sign-in"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SUMMARY = re.compile('class="error-summary"')


class Console:
    """One browser. Without an operator, no one is signed in."""

    def __init__(self, app: Flask, opened: Opened | None = None) -> None:
        self.client = app.test_client()
        self.opened = opened
        self._token = ""
        if opened is not None:
            assert not self.sign_in(opened).location.startswith(SIGN_IN)

    def get(self, path: str = "", **options: Any) -> TestResponse:
        """Go to an address below `/operator`, or with a whole one."""
        answer = self.client.get(_whole(path), **options)
        if (found := _TOKEN.search(answer.text)) is not None:
            self._token = found[1]
        return answer

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form as the page that was shown last would."""
        filled = dict(data or {}) | {"csrf_token": self._token if token is None else token}
        answer = self.client.post(_whole(path), data=filled, **options)
        if (found := _TOKEN.search(answer.text)) is not None:
            self._token = found[1]
        return answer

    def refused(self, answer: TestResponse) -> str:
        """What the page says is wrong with a form that was sent: its own, to which the answer leads; empty if nothing
        is. Shown again, it says nothing of it."""
        assert answer.status_code == 303, answer.text
        page = self.get(answer.location)
        found = _SUMMARY.search(page.text)
        if found is not None:
            assert _SUMMARY.search(self.client.get(answer.location).text) is None, "it is said once"
        return text_of(page) if found is not None else ""

    def sign_in(self, opened: Opened, *, to: str = "", **wrong: str) -> TestResponse:
        """Send the form of the sign-in page, with what is `wrong` of it."""
        self.get("/sign-in")
        right = {"email": opened.operator.email, "password": PASSWORD, "code": opened.code(), "next": to}
        answer = self.post("/sign-in", right | wrong)
        if not answer.location.startswith(SIGN_IN):
            self.get()
        return answer

    @property
    def token(self) -> str:
        """The token of the page that was shown last."""
        return self._token


def a_console(
    app: Flask, role: OperatorRole = OperatorRole.FINANCE, *, email: str = "dana@operator.example"
) -> Console:
    """A browser with an operator signed in."""
    return Console(app, an_operator(email, role=role))


def _whole(path: str) -> str:
    return path if path.startswith("/operator") else f"/operator{path}"
