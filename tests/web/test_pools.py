"""Every address belongs to a class of threads, a new one too."""

from __future__ import annotations

import pytest
from flask import Flask

from app.api.usage import LARGEST
from app.web import csp_reports
from app.web.pools import (
    ASK_PROVIDER,
    ASK_STRIPE,
    BY_BLUEPRINT,
    HASH_PASSWORDS,
    Pool,
    Switchboard,
    pool_of,
    threads_of,
)
from app.webhooks.endpoint import MAX_BODY
from config import Settings


def test_every_address_has_a_class_by_its_blueprint(application: Flask) -> None:
    """What the platform calls is the platform's, whatever is added to it; and nothing that people open is."""
    for rule in application.url_map.iter_rules():
        pool = pool_of(rule.endpoint, rule.rule)
        blueprint = rule.endpoint.partition(".")[0]
        if blueprint in BY_BLUEPRINT:
            assert pool is BY_BLUEPRINT[blueprint]
        else:
            assert pool not in {*BY_BLUEPRINT.values(), Pool.REFUSALS}
            assert (pool is Pool.DOWNLOADS) == rule.rule.endswith((".csv", ".pdf"))
        assert (pool is Pool.PLATFORM) == rule.rule.startswith("/api/v1/")
        assert (pool is Pool.WEBHOOKS) == rule.rule.startswith("/webhooks/")


def test_the_table_names_addresses_that_there_are(application: Flask) -> None:
    assert set(application.view_functions) >= ASK_PROVIDER | ASK_STRIPE | HASH_PASSWORDS
    assert set(application.blueprints) >= set(BY_BLUEPRINT)


def test_a_new_page_is_a_page_and_a_new_address_of_the_api_the_platforms() -> None:
    assert pool_of("forecast.show", "/billing/forecast") is Pool.PAGES
    assert pool_of("forecast.export", "/billing/forecast.csv") is Pool.DOWNLOADS
    assert pool_of("api.reserve_many") is Pool.PLATFORM
    assert pool_of(None, "/api/v1/nothing") is Pool.PLATFORM
    assert pool_of(None, "/nothing") is Pool.PAGES


def test_no_class_is_without_threads_and_each_thread_has_a_connection(
    application: Flask, settings: Settings
) -> None:
    threads = threads_of(settings)
    assert set(threads) == set(Pool)
    assert min(threads.values()) >= 1
    assert application.config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_size"] >= sum(threads.values())


@pytest.mark.parametrize(
    ("method", "path", "endpoint", "limit"),
    [
        ("POST", "/api/v1/usage", "api.report_usage", LARGEST),
        ("POST", "/webhooks/stripe", "webhooks.receive", MAX_BODY),
        ("POST", "/csp-reports", "csp_reports.receive", csp_reports.LARGEST),
        ("POST", "/sign-in", "auth.sign_in", 256 * 1024),
        ("GET", "/billing/wallet/", None, 256 * 1024),
        ("PATCH", "/billing", None, 256 * 1024),
        ("GET", "/caf\xc3\xa9/\xff", None, 256 * 1024),
    ],
)
def test_a_request_is_known_by_method_and_path(
    application: Flask, method: str, path: str, endpoint: str | None, limit: int
) -> None:
    board = Switchboard(application)
    assert board.endpoint_of(method, path) == endpoint
    assert board.limit_of(endpoint) == limit
