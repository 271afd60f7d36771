"""Structured logs."""

from __future__ import annotations

import secrets

import pytest
import structlog

from app.web import logs
from tests.support.browsing import Visitor


def test_a_second_configuration_leaves_no_logger_behind() -> None:
    """A process that makes the application twice, as each test does, still has every logger say what it has to."""
    log = structlog.get_logger("billing.test")
    logs.configure("INFO", "text")
    log.info("first")
    logs.configure("INFO", "json")
    with structlog.testing.capture_logs() as lines:
        log.info("second")
    assert [line["event"] for line in lines] == ["second"]


@pytest.mark.parametrize("at", ["/operator/join/{}", "/nothing/{}/", "/sign-in/{})", "/{}"])
def test_no_token_is_logged_where_its_link_leads_to_no_page(visitor: Visitor, at: str) -> None:
    """As where another process serves it, or where more was pasted than the link."""
    token = secrets.token_urlsafe(32)
    with structlog.testing.capture_logs() as lines:
        assert visitor.client.get(at.format(token)).status_code in {302, 404, 405}
    assert token not in str(lines)
    assert any("[redacted]" in str(line.get("path")) for line in lines)


def test_ids_in_paths_are_logged(visitor: Visitor) -> None:
    with structlog.testing.capture_logs() as lines:
        visitor.client.get("/nothing/01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90")
    assert "01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90" in str(lines)


def test_addresses_of_databases_are_redacted_and_no_path_takes_long() -> None:
    """Looked at again from each `postgres` in it, a path of a request would take a third of a second."""
    for address in ("postgresql+psycopg://u:p@db/x", "postgres://u@db", "xpostgresql://u:p@db/x"):
        assert "db" not in str(logs.redact(None, "", {"path": f"/a {address}"}))
    path = "postgres" * 20_000
    assert logs.redact(None, "", {"path": path}) == {"path": path}
