"""Requests for another host than ours are refused, whatever they ask for; health checks are answered by any name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from app import create_app
from app.web import hosts
from config import Settings
from tests.support.browsing import text_of
from tests.support.statements import statements
from tests.support.url_map import address, rules
from tests.test_settings import PRODUCTION

VALUES = {"UUIDConverter": "00000000-0000-0000-0000-000000000000"}
OTHERS = [
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "localhost.",
    "billing.example@evil.example",
    "xn--lcalhost-54a",
    "[::2]:8000",
    "10.0.0.1",
    "",
]


NO_NAMES = [
    "a" * 64,
    f"{'a' * 64}.localhost",
    "a" * 8_000,
    "a..b",
    ".",
    "xn--a",
    "[::1",
    "[x]:80",
    "a:b:c",
    "a b",
    "localhost:x",
    "localhost#",
    "\xe9.example",
]
"""What no host can be called."""


@pytest.fixture
def production() -> Settings:
    return Settings.from_environment(PRODUCTION | {"TRUSTED_HOSTS": "billing.internal, 10.1.2.3"})


def test_every_rule_refuses_another_host_but_health_checks(app: Flask) -> None:
    client = app.test_client()
    answered = set()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            with statements() as seen:
                answer = client.open(
                    address(app, rule, VALUES), method=method, headers={"Host": "evil.example"}
                )
            if answer.status_code == 400:
                assert seen == [], f"{rule}: nothing is looked up"
                assert "evil.example" not in answer.text
            else:
                answered.add(rule.endpoint)
    assert answered == {"health.healthz", "health.readyz", "health.metrics"}
    assert client.get("/nothing", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("host", OTHERS)
def test_a_page_says_so_plainly(app: Flask, host: str) -> None:
    answer = app.test_client().get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "This address isn't ours" in text_of(answer)


@pytest.mark.parametrize("host", NO_NAMES)
def test_what_is_no_name_is_refused_as_plainly(app: Flask, host: str) -> None:
    def ask(method: str, path: str) -> Response:
        # Not by a client: those can't read such a name either.
        environ = EnvironBuilder(path, method=method).get_environ() | {"HTTP_HOST": host}
        return Response.from_app(app.wsgi_app, environ, buffered=True)

    for path in ("/sign-in", "/nothing", "/account/"):
        answer = ask("GET", path)
        assert answer.status_code == 400, path
        assert "ours" in answer.get_data(as_text=True), path
    assert ask("GET", "/operator/sign-in").status_code == 400
    told = ask("POST", "/api/v1/usage")
    assert (told.status_code, told.content_type) == (400, "application/problem+json")
    assert ask("GET", "/healthz").status_code == 200


def test_a_program_is_told_in_its_own_way(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/usage", headers={"Host": "billing.internal"})
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert "TRUSTED_HOSTS" in answer.json["detail"]


@pytest.mark.parametrize(
    "host", ["billing.example", "BILLING.example:443", "billing.internal:8000", "10.1.2.3", "10.1.2.3:8000"]
)
def test_production_answers_at_the_public_name_and_at_those_that_operators_add(
    production: Settings, host: str
) -> None:
    client = create_app(production).test_client()
    assert client.get("/nothing", headers={"Host": host}).status_code == 404
    assert client.get("/healthz", headers={"Host": "10.9.9.9:8000"}).status_code == 200


@pytest.mark.one_of_each(by=lambda host: host in OTHERS)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]", *OTHERS])
def test_production_knows_no_other(production: Settings, host: str) -> None:
    client = create_app(production).test_client()
    assert client.get("/nothing", headers={"Host": host}).status_code == 400


@pytest.mark.long
def test_behind_a_trusted_proxy_the_host_that_it_forwards_counts(production: Settings) -> None:
    behind = create_app(replace(production, trusted_proxies=1)).test_client()
    forwarded = {"Host": "10.0.0.5:8000", "X-Forwarded-Host": "billing.example"}
    assert behind.get("/nothing", headers=forwarded).status_code == 404
    assert behind.get("/nothing", headers=forwarded | {"X-Forwarded-Host": "evil.example"}).status_code == 400
    alone = create_app(production).test_client()
    assert alone.get("/nothing", headers=forwarded).status_code == 400, "anyone may send that header"


def test_in_development_the_server_is_wherever_it_listens(settings: Settings) -> None:
    assert {"localhost", "127.0.0.1", "::1"} <= hosts.names(settings)
