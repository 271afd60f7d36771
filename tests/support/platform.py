"""The platform as it calls the API: with a token, JSON both ways, and each answer held to the document."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Organization
from app.people import tokens
from app.people.tokens import Scope
from tests.support.contract import hold_to_document


class Platform:
    """One caller with one token; all scopes and all organizations, unless said otherwise."""

    def __init__(
        self,
        app: Flask,
        *scopes: Scope,
        organization: Organization | None = None,
        lasts: timedelta | None = None,
    ) -> None:
        self.client = app.test_client()
        self.token, self.text = tokens.create(
            "the platform",
            scopes or tuple(Scope),
            org_id=organization.id if organization else None,
            lasts=lasts,
        )
        db.session.commit()

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        """Ask for a path below /api/v1, with the token unless other `headers` name one."""
        headers = {"Authorization": f"Bearer {self.text}"} | options.pop("headers", {})
        response = self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        hold_to_document(self.client.application, response)
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def put(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.open("PUT", path, json=json, **options)

    def post(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.open("POST", path, json=json, **options)


def patiently(ask: Callable[[], TestResponse]) -> TestResponse:
    """Ask again while the answer is 503, as a platform does: where many want one wallet, some are told to come again."""
    while (answer := ask()).status_code == 503:
        time.sleep(0.05)
    return answer


def is_problem(response: TestResponse, name: str, status: int) -> bool:
    """Whether an answer is a problem of this kind, told as RFC 9457 has it."""
    told: Any = response.json
    return (
        response.content_type == "application/problem+json"
        and response.status_code == told["status"] == status
        and told["type"].endswith(f"/api/problems/{name}")
        and bool(told["title"] and told["detail"])
        and told["request_id"] == response.headers["X-Request-Id"]
    )
