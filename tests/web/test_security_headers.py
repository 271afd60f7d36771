"""What tells browsers how far to trust a page: on every answer, and with Stripe's own addresses in production."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.web import content_security_policy, security
from config import Settings
from tests.support.browsing import HTMX, Visitor
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.test_settings import PRODUCTION


def directives(policy: str) -> dict[str, set[str]]:
    """The sources by directive."""
    named = [part.split() for part in policy.split(";")]
    assert len({name for name, *_ in named}) == len(named), "browsers pass over a directive that comes twice"
    return {name: set(sources) for name, *sources in named}


def in_production(**changes: str) -> Settings:
    return Settings.from_environment(PRODUCTION | changes)


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="100")


def answers(owner: Owner) -> dict[str, TestResponse]:
    """One answer of each kind."""
    known = {"HX-PTag": owner.get("/billing/live/overview", headers=HTMX).headers["HX-PTag"]}
    stylesheet = owner.get("/billing").text.split('href="/static/')[1].split('"')[0]
    return {
        "page": owner.get("/billing"),
        "partial": owner.get("/billing/live/overview", headers=HTMX),
        "unchanged": owner.get("/billing/live/overview", headers=HTMX | known),
        "redirect": owner.get("/"),
        "sign-in": Visitor(owner.client.application.test_client()).get("/billing"),
        "refused form": owner.choose("nothing", headers=HTMX),
        "error": owner.get("/billing/nothing-here"),
        "error in a page": owner.get(
            "/billing/wallet/top-ups/00000000-0000-0000-0000-000000000000", headers=HTMX
        ),
        "without a token": owner.client.post("/billing/wallet/top-ups"),
        "wrong method": owner.client.delete("/billing"),
        "static": owner.get(f"/static/{stylesheet}"),
        "static, gone": owner.get("/static/0/gone.js"),
        "download": owner.get("/billing/wallet/history.csv", buffered=True),
        "webhook": owner.client.post("/webhooks/stripe", data="{}"),
        "health": owner.get("/healthz"),
        "readiness": owner.get("/readyz"),
        "report": owner.client.post("/csp-reports", data="?"),
    }


def test_every_kind_of_answer_has_them(owner: Owner) -> None:
    wanted = security.headers_of(owner.client.application.config["SETTINGS"])
    statuses = {}
    for kind, answer in answers(owner).items():
        statuses[kind] = answer.status_code
        for name, value in ({} if kind == "static" else wanted).items():
            kept = kind in {"static", "static, gone", "unchanged"} and name == "Cache-Control"
            assert kept or answer.headers.getlist(name) == [value], f"{kind}: {name}"
    assert statuses == {
        "page": 200,
        "partial": 200,
        "unchanged": 304,
        "redirect": 302,
        "sign-in": 302,
        "refused form": 422,
        "error": 404,
        "error in a page": 404,
        "without a token": 400,
        "wrong method": 405,
        "static": 200,
        "static, gone": 404,
        "download": 200,
        "webhook": 400,
        "health": 200,
        "readiness": 200,
        "report": 400,
    }


def test_a_static_file_has_what_counts_for_it(owner: Owner) -> None:
    headers = answers(owner)["static"].headers
    wanted = security.headers_of(owner.client.application.config["SETTINGS"])
    for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        assert headers[name] == wanted[name]
    left_out = {"Permissions-Policy", "Referrer-Policy", "X-Frame-Options", "X-Request-Id"}
    assert not left_out & set(headers.keys())
    # Only an image can be opened as a page.
    [icon] = re.findall(r'href="([^"]+\.svg)"', owner.get("/billing").text)
    assert owner.get(icon).headers["Content-Security-Policy"] == content_security_policy.NO_PAGE
    assert "Content-Security-Policy" not in headers


def test_with_stripe_itself_exactly_what_its_script_asks_for_is_allowed() -> None:
    assert directives(content_security_policy.policy(in_production())) == {
        "default-src": {"'none'"},
        "script-src": {"'self'", "https://js.stripe.com", "https://*.js.stripe.com"},
        "style-src": {"'self'"},
        "img-src": {"'self'"},
        "font-src": {"'self'"},
        "connect-src": {"'self'", "https://api.stripe.com"},
        "frame-src": {"https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"},
        "worker-src": {"'none'"},
        "object-src": {"'none'"},
        "form-action": {"'self'"},
        "manifest-src": {"'self'"},
        "base-uri": {"'none'"},
        "frame-ancestors": {"'none'"},
        "require-trusted-types-for": {"'script'"},
        "trusted-types": {"default", "inspect"},
        "upgrade-insecure-requests": set(),
        "report-uri": {"/csp-reports"},
        "report-to": {"csp"},
    }


@pytest.mark.parametrize("settings", [in_production(), in_production(TRUSTED_TYPES="report")])
def test_production_names_no_stand_in_and_nothing_unsafe(settings: Settings) -> None:
    headers = str(security.headers_of(settings))
    for word in ("localhost", "127.0.0.1", "http:", "unsafe-inline", "unsafe-eval", "data:", "blob:"):
        assert word not in headers


def test_production_insists_on_https_for_two_years_with_subdomains(settings: Settings) -> None:
    name = "Strict-Transport-Security"
    assert security.headers_of(in_production())[name] == "max-age=63072000; includeSubDomains"
    assert name not in security.headers_of(settings)


def test_with_the_stand_in_its_origin_takes_the_place_of_stripes(settings: Settings) -> None:
    policy = content_security_policy.policy(settings)
    assert "stripe.com" not in policy
    stand_in = settings.stripe_api_base
    for name in ("script-src", "connect-src", "frame-src"):
        assert stand_in in directives(policy)[name]
    # Browsers would ask the stand-in, which has no certificate, by https.
    assert "upgrade-insecure-requests" not in policy


def test_trusted_types_can_be_reported_instead_of_enforced() -> None:
    headers = security.headers_of(in_production(TRUSTED_TYPES="report"))
    assert "trusted-types" not in headers["Content-Security-Policy"]
    assert directives(headers["Content-Security-Policy-Report-Only"]) == {
        "require-trusted-types-for": {"'script'"},
        "trusted-types": {"default", "inspect"},
        "report-uri": {"/csp-reports"},
        "report-to": {"csp"},
    }


def test_only_the_shell_may_show_the_pages_in_a_frame() -> None:
    alone = security.headers_of(in_production())
    assert alone["X-Frame-Options"] == "DENY"
    assert alone["Cross-Origin-Resource-Policy"] == "same-origin"
    framed = security.headers_of(in_production(SHELL_ORIGINS="https://app.portal.example"))
    assert "frame-ancestors https://app.portal.example" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert framed["Cross-Origin-Resource-Policy"] == "same-site"


def test_banks_can_open_windows_and_wallets_can_pay() -> None:
    headers = security.headers_of(in_production())
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert "Cross-Origin-Embedder-Policy" not in headers
    assert 'payment=(self "https://js.stripe.com")' in headers["Permissions-Policy"]


def test_reports_go_the_newer_way_where_there_is_https_and_the_older_elsewhere(settings: Settings) -> None:
    assert security.headers_of(in_production())["Reporting-Endpoints"] == 'csp="/csp-reports"'
    assert directives(content_security_policy.policy(settings))["report-uri"] == {"/csp-reports"}
    assert "report-to" not in content_security_policy.policy(settings)
    assert "Reporting-Endpoints" not in security.headers_of(settings)
