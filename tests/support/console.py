"""A browser in the operators' console: signs in, and sends forms with the token that its pages have."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.models import OperatorRole
from tests.factories import PASSWORD
from tests.support.operating import Opened, an_operator

COOKIE = "operator_session"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Console:
    """One browser. Without an operator, no one is signed in."""

    def __init__(self, app: Flask, opened: Opened | None = None) -> None:
        self.client = app.test_client()
        self.opened = opened
        self._token = ""
        if opened is not None:
            assert self.sign_in(opened).status_code == 303

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

    def sign_in(self, opened: Opened, *, to: str = "", **wrong: str) -> TestResponse:
        """Send the form of the sign-in page, with what is `wrong` of it."""
        self.get("/sign-in")
        right = {"email": opened.operator.email, "password": PASSWORD, "code": opened.code(), "next": to}
        answer = self.post("/sign-in", right | wrong)
        if answer.status_code == 303:
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
