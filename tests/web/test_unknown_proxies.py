"""A proxy that TRUSTED_PROXIES doesn't count is named in the log and in /readyz."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from structlog.testing import LogCapture

from app import create_app
from app.web import unknown_proxies
from config import Settings
from dev.testing import Addresses
from tests.test_settings import PRODUCTION

PROXIED = {"X-Forwarded-For": "203.0.113.9"}


def _production(database: Addresses, **more: str) -> Flask:
    own = {"DATABASE_URL": database.application, "LOG_LEVEL": "CRITICAL"}
    return create_app(Settings.from_environment(PRODUCTION | own | more))


def _ask(app: Flask, path: str, headers: dict[str, str], peer: str) -> dict[str, object]:
    answer = app.test_client().get(
        path, headers=headers, base_url="https://billing.example", environ_base={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == 200
    return dict(answer.json or {})


@pytest.fixture
def logged(app: Flask) -> Iterator[LogCapture]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.mark.parametrize(
    ("headers", "peer", "trusted", "seen"),
    [
        (PROXIED, "127.0.0.1", "0", True),
        (PROXIED, "10.0.0.3", "0", True),
        (PROXIED, "fd00::3", "0", True),
        ({"Forwarded": "for=203.0.113.9"}, "172.16.0.1", "0", True),
        ({}, "127.0.0.1", "0", False),
        (PROXIED, "8.8.8.8", "0", False),
        (PROXIED, "10.0.0.3", "1", False),
    ],
)
def test_readyz_names_it_and_is_ready(
    app: Flask, database: Addresses, headers: dict[str, str], peer: str, trusted: str, seen: bool
) -> None:
    production = _production(database, TRUSTED_PROXIES=trusted)
    assert "warnings" not in _ask(production, "/readyz", {}, "127.0.0.1")
    _ask(production, "/healthz", headers, peer)
    ready = _ask(production, "/readyz", {}, "127.0.0.1")
    assert ready["status"] == "ready"
    assert ready.get("warnings") == ({"TRUSTED_PROXIES": unknown_proxies.WHAT_TO_DO} if seen else None)


def test_the_log_says_it_once_a_minute(
    app: Flask, database: Addresses, logged: list[dict[str, object]]
) -> None:
    production = _production(database)
    for _ in range(5):
        _ask(production, "/healthz", PROXIED, "10.0.0.3")
    said = [entry for entry in logged if entry["event"] == "proxy_is_not_trusted"]
    assert [(entry["log_level"], entry["peer"]) for entry in said] == [("error", "10.0.0.3")]
    production.extensions["unknown_proxies"].logged_at -= 61
    _ask(production, "/healthz", PROXIED, "10.0.0.4")
    assert sum(entry["event"] == "proxy_is_not_trusted" for entry in logged) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [({}, 1), ({"TRUSTED_PROXIES": "1"}, 0), ({"APP_ENV": "test"}, 0)],
)
def test_production_says_at_start_that_it_trusts_no_proxy(
    logged: list[dict[str, object]], change: dict[str, str], said: int
) -> None:
    unknown_proxies.say_at_start(Settings.from_environment(PRODUCTION | change))
    assert [entry["event"] for entry in logged] == ["no_proxy_is_trusted"] * said
