"""When something is wrong: a page that looks like the product, says what to do, and gives nothing away."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask, Response
from sqlalchemy.exc import OperationalError

from app.web import errors
from app.web.logs import redact
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of


@pytest.fixture
def signed_in(app: Flask, visitor: Visitor) -> Visitor:
    visitor.begin_session(a_person(organization=an_organization()).email)
    return visitor


def test_a_page_that_is_not_there(visitor: Visitor) -> None:
    page = visitor.get("/billing/nothing-here")
    assert page.status_code == 404
    assert "Page not found" in text_of(page)


def test_an_unexpected_error_says_nothing_of_its_cause_but_gives_a_reference(
    signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("app.pages.overview.view.gather", fail)
    signed_in.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    page = signed_in.get("/billing", headers={"X-Request-Id": "reference-12345"})
    assert page.status_code == 500
    assert "the secret inside" not in page.text
    assert "reference-12345" in text_of(page)
    assert page.headers["X-Request-Id"] == "reference-12345"


def test_without_its_database_the_service_says_so_and_recovers(
    signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    with monkeypatch.context() as patch:
        patch.setattr("app.pages.overview.view.gather", away)
        page = signed_in.get("/billing")
        assert page.status_code == 503
        assert page.headers["Retry-After"]
    assert signed_in.get("/billing").status_code == 200


def test_a_page_about_an_error_that_finds_the_database_gone_says_that(app: Flask) -> None:
    def find_no_database(_: Exception) -> Response:
        raise OperationalError("SELECT 1", {}, Exception("connection failed"))

    with app.test_request_context("/billing"):
        answer = errors.or_otherwise(find_no_database)(ValueError())
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_too_much_is_refused_with_words(signed_in: Visitor) -> None:
    page = signed_in.post("/billing/wallet/top-ups", {"amount": "5" * 300_000})
    assert page.status_code == 413
    assert "Too large" in text_of(page)


def test_an_error_in_a_partial_request_comes_as_the_main_part_alone(signed_in: Visitor) -> None:
    page = signed_in.get(
        "/billing/wallet/top-ups/00000000-0000-0000-0000-000000000000",
        headers=HTMX,
    )
    assert page.status_code == 404
    assert page.headers["HX-Retarget"] == "#main"
    assert "<html" not in page.text


def test_static_files_are_kept_for_good_and_change_their_address_with_their_content(
    app: Flask, visitor: Visitor
) -> None:
    page = visitor.get("/sign-in").text
    address = page.split('href="/static/')[1].split('"')[0]
    found = visitor.get(f"/static/{address}", headers={"Accept-Encoding": "gzip"})
    assert found.headers["Cache-Control"].endswith("immutable")
    assert found.headers["Content-Encoding"] == "gzip"
    assert visitor.get("/static/old/app.css").headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/old/../../config.py").status_code == 404


def test_health_and_readiness(visitor: Visitor) -> None:
    assert visitor.get("/healthz").json == {"status": "ok"}
    ready = visitor.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["status"] == "ready"


@pytest.mark.parametrize(
    "event",
    [
        {"password": "hunter2-hunter2"},
        {"stripe_signature": "t=1,v1=abc-hunter2"},
        {"event": "sk_test_hunter2 was used"},
        {"event": "pi_123_secret_hunter2"},
        {"database": "postgresql+psycopg://billing:hunter2@db/billing"},
        {"error": "whsec_hunter2"},
        {"event": "denied to vpb_hunter2"},
    ],
)
def test_secrets_are_never_written_to_the_logs(event: dict[str, str]) -> None:
    assert "hunter2" not in json.dumps(redact(logging, "info", dict(event)))
