"""Whatever goes wrong under /api is a problem in JSON, never a page, and says nothing of the inside."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.ids import uuid7
from tests.support.browsing import Visitor
from tests.support.platform import Platform, is_problem

STATUS = f"/organizations/{uuid7()}/status"


def break_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("app.billing.wallet.status.find", fail)


def test_an_unexpected_error_gives_nothing_away_but_its_reference(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_with(monkeypatch, RuntimeError("SELECT the secret inside"))
    answer = platform.get(STATUS, headers={"X-Request-Id": "reference-12345"})
    assert is_problem(answer, "internal-error", 500)
    assert "secret" not in answer.text
    assert answer.json["request_id"] == "reference-12345"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {}, Exception("server closed the connection")),
        psycopg.OperationalError("the connection is lost"),
        PoolTimeoutError("QueuePool limit reached"),
    ],
)
def test_without_the_database_the_answer_says_when_to_try_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_with(monkeypatch, error)
    answer = platform.get(STATUS)
    assert is_problem(answer, "unavailable", 503)
    assert answer.headers["Retry-After"] == "5"
    assert "Queue" not in answer.text


def test_two_that_change_the_same_are_told_to_send_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IntegrityError("INSERT", {}, Exception("duplicate key"))

    monkeypatch.setattr("app.people.provisioning.provision", fail)
    answer = platform.put(f"/organizations/{uuid7()}", {"name": "Harbor", "timezone": "UTC"})
    assert is_problem(answer, "conflict", 409)
    assert "duplicate" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v2/organizations",
        "/api/usage",
        "/api/v1/",
        "/api/v1//openapi.json",
        "/api/v1/organizations/not-a-uuid",
        "/api/v1/organizations/%00",
        "/api/v1/%ff",
    ],
)
def test_an_address_that_leads_nowhere(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert is_problem(answer, "not-found", 404)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_is_not_for_the_address_is_told_which_are(visitor: Visitor, method: str) -> None:
    answer = visitor.client.open("/api/v1/openapi.json", method=method)
    assert is_problem(answer, "method-not-allowed", 405)
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_head_request_is_told_by_its_status_alone(platform: Platform) -> None:
    answer = platform.open("HEAD", STATUS)
    assert (answer.status_code, answer.data) == (404, b"")


def test_no_other_site_is_let_in_by_a_browser(platform: Platform) -> None:
    answer = platform.get(STATUS, headers={"Origin": "https://elsewhere.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_without_any_database_even_a_stranger_is_told_so(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr("app.people.tokens.identify", away)
    answer = visitor.get(f"/api/v1{STATUS}", headers={"Authorization": "Bearer x"})
    assert is_problem(answer, "unavailable", 503)
